import type { ClientOptions } from 'openai'
import type { WireServer } from './wire-server.ts'

/** Options of a client that believes to talk to a host of the internet, while `wire` answers: only the origin of its URLs is changed. */
export function diverted(wire: Pick<WireServer, 'url'>): Pick<ClientOptions, 'fetch'> {
  const { origin } = new URL(wire.url)
  const fetchFromWire = (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const { pathname, search } = new URL(input instanceof Request ? input.url : input)
    // openai 4 sends forms as streams, and leaves it to its own fetch what that means.
    return fetch(`${origin}${pathname}${search}`, { duplex: 'half', ...init } as RequestInit)
  }
  return { fetch: fetchFromWire as NonNullable<ClientOptions['fetch']> }
}
