import type { OtlpSender, Request } from './sender.ts'

/** One signal on its way to the Collector, as the end of the process sees it. */
export interface Outlet {
  readonly sender: OtlpSender
  /** Whether there is anything that the Collector does not have yet. */
  hasPending(): boolean
  /** Delivers it; resolves when it is delivered or lost. */
  flush(): Promise<void>
  /** Takes it over, without waiting for anything: whoever calls this delivers it. */
  takeAll(): Request[]
}
