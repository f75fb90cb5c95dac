import type { BatchOutput } from './operations/row.ts'

/** Background responses, batches, videos and containers that a process may see again and again. Older ones are forgotten. */
const MAX_CHARGES = 10_000
/** A container is charged for each begun session of 20 minutes (https://developers.openai.com/api/docs/pricing, tools, 2026-11-27). */
const CONTAINER_SESSION_MS = 20 * 60 * 1000

/** The answers of a batch that nobody has been charged for. */
export interface AwaitedOutput {
  readonly output: BatchOutput
  /** Whether the batch has told its tokens, so that only their price is missing. */
  readonly isUsageTold: boolean
}

/** What has been charged: the same thing may be seen in several answers and is counted with the first. */
export class ChargeLog {
  readonly #seen = new Set<string>()
  /** Begin of the session that was charged last, by container. */
  readonly #sessions = new Map<string, number>()
  readonly #outputs = new Map<string, AwaitedOutput>()

  /** Whether nobody has asked for this id before; from now on somebody has. */
  isFirst(id: string): boolean {
    if (this.#seen.has(id)) return false
    makeRoom(this.#seen)
    this.#seen.add(id)
    return true
  }

  /** Whether the use of a container begins a session that is charged, and not one that has been charged already. */
  beginsSession(container: string, nowMs: number): boolean {
    const begin = this.#sessions.get(container)
    if (begin !== undefined && nowMs - begin < CONTAINER_SESSION_MS) return false
    makeRoom(this.#sessions)
    this.#sessions.set(container, nowMs)
    return true
  }

  /** A batch has ended whose price is not known: its answers will tell, if somebody reads them. */
  awaitOutput(output: BatchOutput, isUsageTold: boolean): void {
    makeRoom(this.#outputs)
    this.#outputs.set(output.fileId, { output, isUsageTold })
  }

  /** What is awaited of the file that a request asks for. */
  outputOf(path: unknown): AwaitedOutput | undefined {
    if (this.#outputs.size === 0 || typeof path !== 'string') return undefined
    const fileId = FILE_CONTENT.exec(path)?.[1]
    return fileId === undefined ? undefined : this.#outputs.get(fileId)
  }
}

/** `/files/{}/content` */
const FILE_CONTENT = /\/files\/([^/?#]+)\/content(?:[?#]|$)/

function makeRoom(log: Set<string> | Map<string, unknown>): void {
  if (log.size < MAX_CHARGES) return
  for (const oldest of log.keys()) {
    log.delete(oldest)
    return
  }
}
