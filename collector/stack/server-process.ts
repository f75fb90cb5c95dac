import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { waitFor } from './wait-for.ts'

/** How to start a server. */
export interface ServerCommand {
  readonly name: string
  readonly binary: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** Where it writes what it has to say. */
  readonly logFile: string
  /** Answers with a success once the server is ready. */
  readonly readyUrl: string
}

const LOG_TAIL_CHARACTERS = 4000

/** A server that was ready. */
export interface RunningServer extends AsyncDisposable {
  readonly name: string
  /** Fulfilled when it has ended, for whatever reason. */
  readonly ended: Promise<unknown>
}

/** How a server is started. */
export interface StartOptions {
  /** How long it may take; 30 s by default. */
  readonly patienceMs?: number
  /** Aborting it while the server starts stops it. */
  readonly signal?: AbortSignal | undefined
  /**
   * Whether it has a process group of its own, so that Ctrl-C in the terminal is for us alone, who stop all servers in order. Those
   * who do not listen to Ctrl-C leave it out.
   */
  readonly detached?: boolean | undefined
}

/**
 * Starts a server and waits until it is ready. It runs until it is disposed of.
 *
 * @throws {Error} when it ends, is not ready in time, or is interrupted; the text has the end of its log.
 */
export async function startServer(command: ServerCommand, options: StartOptions = {}): Promise<RunningServer> {
  const { patienceMs, signal, detached = false } = options
  const child = launch(command, detached)
  try {
    const state = await waitFor(
      `${command.name} to be ready`,
      async () => {
        if (hasEnded(child)) return 'ended'
        if (signal?.aborted) return 'interrupted'
        return (await isReady(command.readyUrl)) ? 'ready' : undefined
      },
      patienceMs,
    )
    if (state === 'ended') throw new Error(`Exit code ${child.exitCode}, signal ${child.signalCode}.`)
    if (state === 'interrupted') throw new Error('It was interrupted.')
  } catch (error) {
    await stop(child)
    const log = readFileSync(command.logFile, 'utf8').slice(-LOG_TAIL_CHARACTERS)
    throw new Error(`${command.name} did not start:\n${log}`, { cause: error })
  }
  return { name: command.name, ended: once(child, 'exit'), [Symbol.asyncDispose]: () => stop(child) }
}

function launch({ binary, args, env, logFile }: ServerCommand, detached: boolean): ChildProcess {
  const log = openSync(logFile, 'a')
  const child = spawn(binary, args, { env: { ...process.env, ...env }, stdio: ['ignore', log, log], detached })
  closeSync(log)
  return child
}

async function isReady(url: string): Promise<boolean> {
  const response = await fetch(url)
  await response.body?.cancel()
  return response.ok
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}
