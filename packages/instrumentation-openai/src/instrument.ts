import { clientRegistry } from './seam/registry.ts'
import { type Watch, watchOpenAI } from './watch.ts'

const DEFAULT_WATCH = Symbol.for('tokenmeter.openai.default-watch')

/**
 * Watches the class of this client, for applications whose bundler hides it from every loader, and for tests.
 *
 * All clients of the class are watched, existing ones too. Where nothing else records yet, calls go to the global OpenTelemetry
 * providers. Calling it again does no harm.
 *
 * @returns the same client.
 */
export function instrument<Client extends object>(client: Client): Client {
  const holder = globalThis as { [DEFAULT_WATCH]?: Watch }
  if (!clientRegistry().isObserved()) holder[DEFAULT_WATCH] ??= watchOpenAI()
  holder[DEFAULT_WATCH]?.start()
  clientRegistry().accept(client.constructor)
  return client
}
