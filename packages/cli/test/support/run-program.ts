import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** The program. */
export const MAIN: string = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** The path of a program of `test/programs`. */
export const programPath = (name: string): string => fileURLToPath(new URL(`../programs/${name}`, import.meta.url))

/** A command line that runs in a process of its own. */
export interface Running {
  readonly process: ChildProcess
  /** Waits until what was written has this in it, and gives what it has found. */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>
}

/** Starts `tokenmeter` as people do. */
export function startCli(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'] ?? '', NODE_OPTIONS: '--conditions=source', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  const heard = new EventTarget()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (piece: Buffer) => {
      output[name] += piece.toString()
      heard.dispatchEvent(new Event('more'))
    })
  }
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }))
  return { process: child, says: (pattern) => waitFor(pattern, output, heard, ended), ended }
}

async function waitFor(
  pattern: RegExp,
  output: { readonly stdout: string; readonly stderr: string },
  heard: EventTarget,
  ended: Promise<unknown>,
): Promise<RegExpExecArray> {
  let isOver = false
  const over = ended.then(() => (isOver = true))
  for (;;) {
    const match = pattern.exec(output.stdout + output.stderr)
    if (match) return match
    if (isOver) throw new Error(`It ended without ${String(pattern)}: ${output.stdout}${output.stderr}`)
    await Promise.race([once(heard, 'more'), over])
  }
}
