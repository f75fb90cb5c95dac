import { mkdir } from 'node:fs/promises'
import type { ServerName } from '../servers/recipe.ts'
import { type StackChoices, serverCommands } from './commands.ts'
import { type ConfigEdit, writeConfigFiles } from './config-files.ts'
import { loopback, type Ports } from './ports.ts'
import { type RunningServer, type StartOptions, startServer } from './server-process.ts'

/** How a stack is started. */
export interface StackOptions extends StackChoices, Pick<StartOptions, 'signal' | 'detached'> {
  /** Where its data, its logs and the files of Prometheus and Alertmanager are. It is created when it is not there. */
  readonly folder: string
  readonly ports: Ports
  readonly editConfig?: ConfigEdit
}

/**
 * The Collector is started first, so that what it does about servers that are not there yet is part of every start and every
 * test. It is stopped first, too: it hands over what it still has.
 */
const ORDER: readonly ServerName[] = ['otelcol', 'alertmanager', 'prometheus', 'jaeger']

/** The real servers, running on loopback with the configuration files of `collector/`. Those that run are stopped when it is disposed of. */
export class Stack implements AsyncDisposable {
  /** Where an application sends OTLP over HTTP. */
  readonly otlpUrl: string
  readonly prometheusUrl: string
  readonly alertmanagerUrl: string
  readonly jaegerUrl: string
  readonly #commands: Awaited<ReturnType<typeof serverCommands>>
  readonly #options: StartOptions
  readonly #running = new Map<ServerName, RunningServer>()

  private constructor(ports: Ports, commands: Awaited<ReturnType<typeof serverCommands>>, options: StartOptions) {
    this.otlpUrl = loopback(ports.otlpHttp)
    this.prometheusUrl = loopback(ports.prometheus)
    this.alertmanagerUrl = loopback(ports.alertmanager)
    this.jaegerUrl = loopback(ports.jaegerQuery)
    this.#commands = commands
    this.#options = options
  }

  /**
   * Starts all servers. Those that were never built are built first.
   *
   * @throws {Error} when one of them does not start; the others are stopped then.
   */
  static async start({ folder, ports, editConfig, signal, detached, ...choices }: StackOptions): Promise<Stack> {
    await mkdir(folder, { recursive: true })
    await writeConfigFiles(folder, ports, editConfig)
    await using started = new AsyncDisposableStack()
    const stack = started.use(new Stack(ports, await serverCommands(folder, ports, choices), { signal, detached }))
    for (const name of ORDER) await stack.startServer(name)
    started.move()
    return stack
  }

  /** Starts a server that was stopped, with the data it had. */
  async startServer(name: ServerName): Promise<void> {
    this.#running.set(name, await startServer(this.#commands[name], this.#options))
  }

  /** Stops a server and waits until it has ended. */
  async stopServer(name: ServerName): Promise<void> {
    const server = this.#running.get(name)
    this.#running.delete(name)
    await server?.[Symbol.asyncDispose]()
  }

  /** The first server that ends by itself; never fulfilled as long as none does. */
  async firstEnd(): Promise<{ readonly name: string; readonly logFile: string }> {
    const ends = [...this.#running].map(async ([name, { ended }]) => {
      await ended
      return { name, logFile: this.#commands[name].logFile }
    })
    return await Promise.race(ends)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of ORDER) await this.stopServer(name)
  }
}
