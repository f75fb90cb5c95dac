import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** How long the desk may take to start or to stop before something must be wrong. */
const PATIENCE_MS = 15_000

/** The support desk, running in a process of its own. */
export interface Desk extends AsyncDisposable {
  readonly url: string
  /** What it has written besides its address: warnings, if there are any. */
  readonly output: readonly string[]
  /** Resolves when the process has ended, by itself or by Ctrl-C. */
  readonly ended: Promise<void>
}

/**
 * Starts `node --import @tokenmeter/node/register <support desk>`, which is all it takes.
 *
 * @throws Error with the output of the desk when it does not come up, or when the workspace has not been built.
 */
export async function startDesk(env: NodeJS.ProcessEnv): Promise<Desk> {
  const child = spawn(
    process.execPath,
    // The conditions this process was started with decide whether packages are read as source or as build.
    [...process.execArgv, '--import', registerUrl(), fileURLToPath(import.meta.resolve('support-desk'))],
    { env: { ...env, PORT: '0' }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const ended = once(child, 'exit').then(() => undefined)
  const output: string[] = []
  const url = await Promise.race([addressOf(child, output), ended, setTimeout(PATIENCE_MS, undefined, { ref: false })])
  if (url) return { url, output, ended, [Symbol.asyncDispose]: () => stop(child, ended) }
  await stop(child, ended)
  throw new Error(['The support desk did not start.', ...output].join('\n  '))
}

/** @throws Error when the workspace has not been built. */
function registerUrl(): string {
  const url = import.meta.resolve('@tokenmeter/node/register')
  if (existsSync(fileURLToPath(url))) return url
  throw new Error('@tokenmeter/node is not built yet: run `npx -y pnpm@12 demo`, which builds first')
}

/** Resolves with the address that the desk prints; every other line goes to `output`. */
function addressOf(child: ChildProcess, output: string[]): Promise<string> {
  return new Promise((resolve) => {
    const read = (line: string): void => {
      const [, address] = /^Support desk listening on (\S+)$/.exec(line) ?? []
      if (address) resolve(address)
      else output.push(line)
    }
    for (const stream of [child.stdout, child.stderr]) if (stream) createInterface(stream).on('line', read)
  })
}

/** Asks the desk to end and waits until it has; one that does not listen is ended. */
async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const stopped = await Promise.race([ended.then(() => true), setTimeout(PATIENCE_MS, false, { ref: false })])
  if (!stopped) child.kill('SIGKILL')
  await ended
}
