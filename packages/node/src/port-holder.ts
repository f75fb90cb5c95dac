import { context } from '@opentelemetry/api'
import { sdkModules } from './sdk-modules.ts'

/** The other one is on this machine and has nothing to compute. */
const TIMEOUT_MS = 1000

/**
 * Asks whoever serves `/metrics` on a port for the `service_name` in its `target_info`.
 *
 * @returns `undefined` when there is no answer, or no name in it
 */
export function holderOf(host: string, port: number): Promise<string | undefined> {
  const suppressed = sdkModules.core().suppressTracing(context.active())
  return context.with(suppressed, () => new Promise<string | undefined>((resolve) => ask(host, port, resolve)))
}

function ask(host: string, port: number, resolve: (name: string | undefined) => void): void {
  const { request } = process.getBuiltinModule('node:http')
  const asking = request({ host, port, path: '/metrics', agent: false }, (response) => {
    let text = ''
    response.setEncoding('utf8')
    response.on('data', (chunk: string) => (text += chunk))
    response.once('error', () => resolve(undefined))
    response.once('end', () => resolve(/^target_info\{.*\bservice_name="([^"]*)"/m.exec(text)?.[1]))
  })
  asking.once('socket', (socket) => socket.unref())
  const deadline = setTimeout(() => asking.destroy(), TIMEOUT_MS)
  deadline.unref()
  asking.once('error', () => resolve(undefined))
  asking.once('close', () => {
    clearTimeout(deadline)
    resolve(undefined)
  })
  asking.end()
}
