import type { Addresses } from './addresses.ts'
import type { Stage } from './check.ts'
import { Http } from './http.ts'
import { Prometheus } from './prometheus-api.ts'

/** What every check may look at. */
export interface Context {
  readonly addresses: Addresses
  readonly http: Http
  readonly prometheus: Prometheus
  /** Variables of the environment; those of the application, if the doctor is run as it is. */
  readonly env: NodeJS.ProcessEnv
  /** Folder of the application, where it finds its modules. */
  readonly folder: string
  /** Version of Node, without the `v`. */
  readonly nodeVersion: string
  /** The command that starts the application, where it was told. */
  readonly start: string | undefined
  /** Configuration files of the Collector, each on top of the one before. */
  readonly collectorConfig: readonly string[]
  readonly now: Date
  /** Zone of this machine, by its IANA name. */
  readonly timeZone: string
  readonly stage: Stage | undefined
  /** Identifies what this run writes: 32 hexadecimal digits, those of a trace. */
  readonly runId: string
  /** For how long something that was written may be on its way. */
  readonly patienceMs: number
}

/** What a context is made of. */
export interface ContextOptions extends Omit<Context, 'http' | 'prometheus'> {
  /** For each request. */
  readonly timeoutMs: number
}

/** Everything that checks of one run share. */
export function createContext({ timeoutMs, ...options }: ContextOptions): Context {
  const http = new Http(timeoutMs)
  return { ...options, http, prometheus: new Prometheus(options.addresses.prometheus, http) }
}
