import { basename } from 'node:path'
import type { OtlpTarget } from './target.ts'

/** One request that must leave now. */
export interface LastRequest {
  readonly target: OtlpTarget
  readonly body: Uint8Array
}

/** What the child process reads from its standard input. */
interface Order {
  readonly timeoutMs: number
  readonly requests: readonly { readonly target: OtlpTarget; readonly body: string }[]
}

/**
 * Delivers requests while the process is ending and nothing asynchronous happens in it any more: a child process sends them,
 * and this one waits for it.
 *
 * @param timeoutMs the longest that the end of the process may be delayed
 * @returns for each request why it was not delivered, or `undefined` if it was
 */
export function deliverLast(requests: readonly LastRequest[], timeoutMs: number): (string | undefined)[] {
  const failed = (reason: string): string[] => requests.map(() => reason)
  if (!/^node[\d.]*(\.exe)?$/i.test(basename(process.execPath))) return failed('the process ended first')
  const order: Order = {
    timeoutMs,
    requests: requests.map(({ target, body }) => ({ target, body: Buffer.from(body).toString('base64') })),
  }
  try {
    const { spawnSync } = process.getBuiltinModule('node:child_process')
    const { stdout, error } = spawnSync(process.execPath, ['--eval', `(${deliver.toString()})()`], {
      input: JSON.stringify(order),
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      stdio: ['pipe', 'pipe', 'ignore'],
      env: withoutNodeOptions(process.env),
      windowsHide: true,
    })
    if (error) return failed(`no answer within ${timeoutMs} ms`)
    const reasons = JSON.parse(stdout.toString()) as (string | null)[]
    return reasons.map((reason) => reason ?? undefined)
  } catch (error) {
    return failed((error as Error).message)
  }
}

/** The child must not be instrumented, profiled or inspected like this process. */
function withoutNodeOptions(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, NODE_V8_COVERAGE: _coverage, ...rest } = env
  return rest
}

/** Runs in the child process, as text: it may use nothing from outside its own body. */
function deliver(): void {
  const builtin = process.getBuiltinModule
  const { timeoutMs, requests } = JSON.parse(builtin('node:fs').readFileSync(0, 'utf8')) as Order
  const reasons = requests.map((): string | null => `no answer within ${timeoutMs} ms`)
  let left = requests.length
  const end = (): void => {
    builtin('node:fs').writeSync(1, JSON.stringify(reasons))
    process.exit()
  }
  setTimeout(end, timeoutMs - 100 - performance.now())
  for (const [index, { target, body }] of requests.entries()) {
    const settle = (reason: string | null): void => {
      reasons[index] = reason
      if (--left === 0) end()
    }
    try {
      const bytes = Buffer.from(body, 'base64')
      const headers: Record<string, string> = { ...target.headers, 'user-agent': 'tokenmeter-otlp' }
      if (target.gzip) headers['content-encoding'] = 'gzip'
      const { request } = target.url.startsWith('https:') ? builtin('node:https') : builtin('node:http')
      const sending = request(target.url, { method: 'POST', headers, ...target.tls }, (response) => {
        const status = response.statusCode ?? 0
        response.resume()
        response.on('end', () => settle(status >= 200 && status < 300 ? null : `HTTP ${status}`))
      })
      sending.on('error', (error: NodeJS.ErrnoException) => settle(error.message || String(error.code)))
      sending.end(target.gzip ? builtin('node:zlib').gzipSync(bytes) : bytes)
    } catch (error) {
      settle(String(error))
    }
  }
}
