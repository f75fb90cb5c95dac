import { clientRegistry } from './seam/registry.ts'
import { watchOpenAI } from './watch.ts'

/**
 * Watches the class of this client, for applications whose bundler hides it from every loader, and for tests.
 *
 * All clients of the class are watched, existing ones too. Where nothing else records yet, calls go to the global OpenTelemetry
 * providers. Calling it again does no harm.
 *
 * @returns the same client.
 */
export function instrument<Client extends object>(client: Client): Client {
  if (!clientRegistry().isObserved()) watchOpenAI()
  clientRegistry().accept(client.constructor)
  // In v4 the class with `runTools` hangs on clients only.
  clientRegistry().accept((client as ClientV4).beta?.chat?.completions?.constructor)
  return client
}

interface ClientV4 {
  readonly beta?: { readonly chat?: { readonly completions?: object } }
}
