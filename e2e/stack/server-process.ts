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

/**
 * Starts a server and waits until it is ready. It runs until it is disposed of.
 *
 * @throws {Error} when it ends, or is not ready in time; the text has the end of its log.
 */
export async function startServer(command: ServerCommand): Promise<AsyncDisposable> {
  const child = launch(command)
  try {
    const state = await waitFor(`${command.name} to be ready`, async () => {
      if (hasEnded(child)) return 'ended'
      return (await isReady(command.readyUrl)) ? 'ready' : undefined
    })
    if (state === 'ended') throw new Error(`Exit code ${child.exitCode}, signal ${child.signalCode}.`)
  } catch (error) {
    await stop(child)
    const log = readFileSync(command.logFile, 'utf8').slice(-LOG_TAIL_CHARACTERS)
    throw new Error(`${command.name} did not start:\n${log}`, { cause: error })
  }
  return { [Symbol.asyncDispose]: () => stop(child) }
}

function launch({ binary, args, env, logFile }: ServerCommand): ChildProcess {
  const log = openSync(logFile, 'w')
  const child = spawn(binary, args, { env: { ...process.env, ...env }, stdio: ['ignore', log, log] })
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
