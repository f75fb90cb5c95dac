import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePorts } from '../../../collector/stack/free-ports.ts'
import { PORT_NAMES, type Ports } from '../../../collector/stack/ports.ts'
import { Stack, type StackOptions } from '../../../collector/stack/stack.ts'

/** A stack of a test: on free ports, with its data in a temporary folder. */
export interface TestStack extends AsyncDisposable {
  readonly servers: Stack
  readonly ports: Ports
  readonly folder: string
  readonly otlpUrl: string
  readonly prometheusUrl: string
  readonly alertmanagerUrl: string
  readonly jaegerUrl: string
}

/** Starts the real servers; nothing of them is left when the stack is disposed of. */
export async function startTestStack(choices: Omit<StackOptions, 'folder' | 'ports'> = {}): Promise<TestStack> {
  await using started = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'tokenmeter-stack-'))
  started.defer(() => rm(folder, { recursive: true, force: true }))
  const ports = await findFreePorts(PORT_NAMES)
  const servers = started.use(await Stack.start({ folder, ports, ...choices }))
  const running = started.move()
  return {
    servers,
    ports,
    folder,
    otlpUrl: servers.otlpUrl,
    prometheusUrl: servers.prometheusUrl,
    alertmanagerUrl: servers.alertmanagerUrl,
    jaegerUrl: servers.jaegerUrl,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
