import { clientRegistry } from './seam/registry.ts'
import { watchOpenAI, type WatchOptions } from './watch.ts'

/**
 * Watches the class of this client, or of this WebSocket (`OpenAIRealtimeWS`, `ResponsesWS` …), for applications whose bundler hides it from
 * every loader, and for tests.
 *
 * All clients and sockets of the class are watched, existing ones too. Where nothing else records yet, calls go to the global OpenTelemetry
 * providers. Calling it again does no harm.
 *
 * @param client a client, a WebSocket of the client's, or the class of either.
 * @param options what is recorded, such as `{ capture: 'SPAN_ONLY' }`. Those of the first call count, and only where nothing else records yet.
 * @returns what it was given.
 */
export function instrument<Client extends object>(client: Client, options?: WatchOptions): Client {
  if (!clientRegistry().isObserved()) watchOpenAI(options)
  clientRegistry().accept(typeof client === 'function' ? client : client.constructor)
  // In v4 the class with `runTools` hangs on clients only.
  clientRegistry().accept((client as ClientV4).beta?.chat?.completions?.constructor)
  return client
}

interface ClientV4 {
  readonly beta?: { readonly chat?: { readonly completions?: object } }
}
