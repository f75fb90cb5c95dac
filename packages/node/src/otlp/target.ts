import { readFileSync } from 'node:fs'
import type { Environment } from '../environment.ts'

/** What is exported. */
export type Signal = 'traces' | 'metrics' | 'logs'

/** How it is exported. */
export type OtlpProtocol = 'http/protobuf' | 'http/json' | 'grpc'

/** Where the requests of one signal go, over HTTP, and how. */
export interface OtlpTarget {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly gzip: boolean
  /** For one request with all its retries. */
  readonly timeoutMs: number
  /** PEM, for `https`. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string }
}

/** Where a Collector on the same machine listens for OTLP over HTTP (OTLP specification, "OTLP/HTTP Default Port"). */
const DEFAULT_ENDPOINT = 'http://localhost:4318'
/** `OTEL_EXPORTER_OTLP_TIMEOUT`, as the specification has it. */
const DEFAULT_TIMEOUT_MS = 10_000

/** The variables for one setting of one signal: its own is stronger than the one for all. */
function variables(signal: Signal, setting: string): readonly [string, string] {
  return [`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${setting}`, `OTEL_EXPORTER_OTLP_${setting}`]
}

/** The protocol of one signal, by default `http/protobuf`. */
export function otlpProtocol(signal: Signal, environment: Environment): OtlpProtocol {
  const protocols: readonly OtlpProtocol[] = ['http/protobuf', 'http/json', 'grpc']
  return environment.choice(variables(signal, 'PROTOCOL'), protocols, 'http/protobuf')
}

/** Reads the `OTEL_EXPORTER_OTLP_*` variables for one signal. */
export function otlpTarget(signal: Signal, protocol: OtlpProtocol, environment: Environment): OtlpTarget {
  const contentType = protocol === 'http/json' ? 'application/json' : 'application/x-protobuf'
  return {
    url: endpoint(signal, environment),
    headers: { ...headers(signal, environment), 'content-type': contentType },
    gzip: environment.choice(variables(signal, 'COMPRESSION'), ['none', 'gzip'], 'none') === 'gzip',
    timeoutMs: environment.number(variables(signal, 'TIMEOUT'), 1) ?? DEFAULT_TIMEOUT_MS,
    tls: {
      ...pem('ca', signal, 'CERTIFICATE', environment),
      ...pem('cert', signal, 'CLIENT_CERTIFICATE', environment),
      ...pem('key', signal, 'CLIENT_KEY', environment),
    },
  }
}

function endpoint(signal: Signal, environment: Environment): string {
  const [own, general] = variables(signal, 'ENDPOINT')
  const found = environment.firstOf([own, general])
  if (found && isHttpUrl(found.text)) return found.name === own ? found.text : withPath(found.text, signal)
  if (found) environment.wrong(found.name, found.text, 'a URL that starts with http:// or https://', DEFAULT_ENDPOINT)
  return withPath(DEFAULT_ENDPOINT, signal)
}

const isHttpUrl = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)

function withPath(base: string, signal: Signal): string {
  const url = new URL(base)
  url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/${signal}`
  return url.href
}

function headers(signal: Signal, environment: Environment): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of variables(signal, 'HEADERS').toReversed()) {
    for (const pair of environment.list(name)) {
      const equals = pair.indexOf('=')
      const key = pair.slice(0, equals).trim().toLowerCase()
      if (equals > 0 && /^[\w!#$%&'*+.^`|~-]+$/.test(key)) found[key] = decode(pair.slice(equals + 1).trim())
      else environment.problems.push(`${name} must be a list of name=value, separated by commas; one entry is left out`)
    }
  }
  return found
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function pem<Name extends string>(
  name: Name,
  signal: Signal,
  setting: string,
  environment: Environment,
): { [N in Name]?: string } {
  const found = environment.firstOf(variables(signal, setting))
  if (!found) return {}
  try {
    return { [name]: readFileSync(found.text, 'utf8') } as { [N in Name]?: string }
  } catch {
    environment.wrong(found.name, found.text, 'a file that can be read', 'no such certificate')
    return {}
  }
}
