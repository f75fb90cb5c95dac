import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Preload } from './start-command.ts'

/** Calls of a round, so many that one of them is told from the clock. */
const CALLS = 200
/** A round ends earlier where calls are slow. */
const ROUND_MS = 250
/** More than a slow machine needs for a start or a round. */
const PATIENCE_MS = 30_000

/**
 * Makes calls with the `openai` of the application, when it is told to, and says how many milliseconds a call took: the median of a
 * round, which does not tell of the moments in which the machine did something else. Answers come from memory. Between calls
 * whatever waits for the end of the turn has its turn, and is counted.
 */
const PROGRAM = `
const answer = JSON.stringify({
  id: 'chatcmpl-tokenmeter-doctor',
  object: 'chat.completion',
  created: 0,
  model: 'gpt-4o-mini',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'well' } }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
})
const fetch = async () => new Response(answer, { headers: { 'content-type': 'application/json' } })
const messages = [{ role: 'user', content: 'tokenmeter doctor' }]
process.on('disconnect', () => process.exit())
import('openai').then(({ OpenAI }) => {
  const client = new OpenAI({ apiKey: 'none', baseURL: 'https://api.openai.com/v1', fetch, maxRetries: 0 })
  process.on('message', async () => {
    const begin = performance.now()
    const times = []
    do {
      const start = performance.now()
      await client.chat.completions.create({ model: 'gpt-4o-mini', messages })
      await new Promise(setImmediate)
      times.push(performance.now() - start)
    } while (times.length < ${CALLS} && performance.now() - begin < ${ROUND_MS})
    process.send(times.sort((one, other) => one - other)[Math.floor(times.length / 2)])
  })
  process.send(0)
})
`

/** A process did not do what it was told; the message says why. */
export class CallerFailed extends Error {}

/** A process that makes calls, which nobody receives. */
export class Caller {
  readonly #child: ChildProcess
  readonly #what: string
  readonly #ended = new AbortController()

  private constructor(child: ChildProcess, what: string) {
    this.#child = child
    this.#what = what
    let stderr = ''
    child.stderr?.setEncoding('utf8').on('data', (piece: string) => (stderr += piece))
    child.on('error', (error) => this.#ended.abort(this.#failed(error.message)))
    child.on('close', (code) => this.#ended.abort(this.#failed(`ends with ${code}${reasonIn(stderr)}`)))
  }

  /**
   * Starts it in a folder, where it finds its `openai`.
   *
   * @param preloads what is loaded before that
   * @throws {CallerFailed} when it ends, or does not begin.
   */
  static async start(folder: string, preloads: readonly Preload[], env: NodeJS.ProcessEnv): Promise<Caller> {
    const args = preloads.map(({ flag, module }) => `${flag}=${module}`)
    const child = spawn(process.execPath, [...args, '--eval', PROGRAM], {
      cwd: folder,
      env,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    const caller = new Caller(child, preloads.map(({ module }) => module).join(', ') || 'openai')
    try {
      await caller.#answer()
      return caller
    } catch (error) {
      caller.stop()
      throw error
    }
  }

  /**
   * Milliseconds that a call took, by the median of a round.
   *
   * @throws {CallerFailed} when a call fails, or does not end.
   */
  async round(): Promise<number> {
    // One that has ended is told by its end.
    this.#child.send('call', () => undefined)
    return await this.#answer()
  }

  /** Ends it at once, so that it delivers nothing more. */
  stop(): void {
    this.#child.kill('SIGKILL')
  }

  async #answer(): Promise<number> {
    const late = AbortSignal.timeout(PATIENCE_MS)
    try {
      const [message] = await once(this.#child, 'message', { signal: AbortSignal.any([this.#ended.signal, late]) })
      return message as number
    } catch (error) {
      throw late.aborted
        ? this.#failed(`makes no call within ${PATIENCE_MS / 1000} s`)
        : (this.#ended.signal.reason ?? error)
    }
  }

  #failed(what: string): CallerFailed {
    return new CallerFailed(`a process with ${this.#what} ${what}`)
  }
}

/** Below the error Node writes its stack and its own version. */
function reasonIn(stderr: string): string {
  const lines = stderr.trim().split('\n')
  const reason = lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1)
  return reason ? `: ${reason}` : ''
}
