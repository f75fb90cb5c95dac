import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { APPLICATIONS, environmentOf, type ServiceAddresses } from './environment.ts'

/** Which share of the work of a service a process does. */
export interface Share {
  /** What it starts for help: two worker threads, or a cluster of two. */
  readonly helpers: 'alone' | 'threads' | 'cluster'
  /** Whether it ends when there is nothing left to do, or by `process.exit()` as soon as it has its last answer. */
  readonly ending: 'natural' | 'exit'
  /** How often it, and each of its helpers, makes its three calls. */
  readonly rounds: number
  /** Variables of its own. */
  readonly env?: Readonly<Record<string, string>>
}

/**
 * Runs `share.ts` to its end.
 *
 * @returns what it had to say on stderr.
 * @throws {Error} when it does not end well.
 */
export async function runShare(addresses: ServiceAddresses, { helpers, ending, rounds, env }: Share): Promise<string> {
  const args = [
    '--conditions=source',
    '--import',
    '@tokenmeter/node/register',
    'share.ts',
    helpers,
    ending,
    String(rounds),
  ]
  const child = spawn(process.execPath, args, {
    cwd: APPLICATIONS,
    env: { ...environmentOf(addresses), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exited = once(child, 'exit') as Promise<[number | null]>
  const stderr = await text(child.stderr)
  const [exitCode] = await exited
  if (exitCode !== 0) throw new Error(`share.ts ended with ${exitCode}:\n${stderr}`)
  return stderr
}
