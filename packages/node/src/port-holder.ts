import { context } from '@opentelemetry/api'
import { sdkModules } from './sdk-modules.ts'

/** The other one is on this machine and has nothing to compute. */
const TIMEOUT_MS = 1000

/** Who has a port. */
export interface PortHolder {
  readonly serviceName: string | undefined
  readonly processId: number | undefined
}

/** Asks whoever serves `/metrics` on a port for its `target_info`; the answer is empty when there is none. */
export function holderOf(host: string, port: number): Promise<PortHolder> {
  const suppressed = sdkModules.core().suppressTracing(context.active())
  return context.with(suppressed, () => new Promise<PortHolder>((resolve) => ask(host, port, resolve)))
}

const NOBODY: PortHolder = { serviceName: undefined, processId: undefined }

function readTargetInfo(text: string): PortHolder {
  const labels = /^target_info\{(.*)\}/m.exec(text)?.[1] ?? ''
  const processId = /\bprocess_pid="(\d+)"/.exec(labels)?.[1]
  return {
    serviceName: /\bservice_name="([^"]*)"/.exec(labels)?.[1],
    processId: processId === undefined ? undefined : Number(processId),
  }
}

function ask(host: string, port: number, resolve: (holder: PortHolder) => void): void {
  const { request } = process.getBuiltinModule('node:http')
  const asking = request({ host, port, path: '/metrics', agent: false }, (response) => {
    let text = ''
    response.setEncoding('utf8')
    response.on('data', (chunk: string) => (text += chunk))
    response.once('error', () => resolve(NOBODY))
    response.once('end', () => resolve(readTargetInfo(text)))
  })
  asking.once('socket', (socket) => socket.unref())
  const deadline = setTimeout(() => asking.destroy(), TIMEOUT_MS)
  deadline.unref()
  asking.once('error', () => resolve(NOBODY))
  asking.once('close', () => {
    clearTimeout(deadline)
    resolve(NOBODY)
  })
  asking.end()
}
