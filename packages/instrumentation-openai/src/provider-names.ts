import type { Provider } from '@tokenmeter/meter'
import { withoutRootDot } from './provider-hosts.ts'

/** Providers of hosts that only the operator knows: `{ 'llm.internal:8080': 'vllm' }`. */
export type ProviderNames = Readonly<Record<string, Provider>>

/** What `readProviderNames` takes, to end the sentence "must be …". */
export const PROVIDER_NAMES_FORM =
  'hosts with their providers in lower case, such as llm.internal:8080=vllm,gateway.example.com=openrouter, or in code { "llm.internal:8080": "vllm" }'

/** Host and port of a URL, without a way to write anything else. */
const HOST_AND_PORT = /^([^/?#@\\\s]+?)(?::(\d{1,5}))?$/
/** As the values of `gen_ai.provider.name` are written. */
const PROVIDER = /^[a-z0-9][a-z0-9._-]{0,63}$/

/**
 * Reads the option, or its form as one text with commas. Hosts are brought into the form that the addresses of clients have:
 * lower case, punycode, no dot at the end; without a port they stand for all ports.
 *
 * @returns `undefined` when any of it makes no sense.
 */
export function readProviderNames(value: unknown): ReadonlyMap<string, Provider> | undefined {
  const entries = typeof value === 'string' ? entriesOfText(value) : entriesOfObject(value)
  if (!entries) return undefined
  const names = new Map<string, Provider>()
  for (const [host, provider] of entries) {
    const key = hostKey(host)
    if (key === undefined || typeof provider !== 'string' || !PROVIDER.test(provider)) return undefined
    names.set(key, provider)
  }
  return names
}

/** The provider that the operator named for this address: for its port before all its ports. */
export function namedProvider(names: ReadonlyMap<string, Provider>, url: URL, port: number): Provider | undefined {
  return findHost(url, port, (key) => names.get(key))
}

/** What is found of this address: for its port before all its ports. */
export function findHost<Found>(url: URL, port: number, find: (key: string) => Found | undefined): Found | undefined {
  const host = withoutRootDot(url.hostname)
  return find(`${host}:${port}`) ?? find(host)
}

type Entries = readonly (readonly [host: string, provider: unknown])[]

function entriesOfText(text: string): Entries {
  const parts = text.split(',').map((part) => part.trim())
  return parts
    .filter((part) => part !== '')
    .map((part) => {
      const [host = '', ...rest] = part.split('=')
      return [host.trim(), rest.join('=').trim()]
    })
}

function entriesOfObject(value: unknown): Entries | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined
}

/** A host, or a host and a port, in the form in which they are compared; `undefined` when it is neither. */
export function hostKey(written: string): string | undefined {
  const [, host, port] = HOST_AND_PORT.exec(written) ?? []
  if (host === undefined || !URL.canParse(`http://${host}/`)) return undefined
  const { hostname } = new URL(`http://${host}/`)
  if (port === undefined) return withoutRootDot(hostname)
  return Number(port) <= 65_535 ? `${withoutRootDot(hostname)}:${Number(port)}` : undefined
}
