import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CallLogRecord } from '@tokenmeter/meter'
import { programPath } from './run.ts'

const REGISTER = fileURLToPath(new URL('../../src/register.ts', import.meta.url))

/** No Prometheus and no Collector. */
export const LOGS_ONLY = { TOKENMETER_OTLP: 'off', TOKENMETER_METRICS_ENDPOINT: 'off' } as const

/** What was written, line by line; the last one must be whole, too. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n')
  if (lines.pop() !== '') throw new Error('the last line has no end')
  return lines
}

/** The lines that are ours; whatever begins like one must be one. */
export function recordsOf(text: string): CallLogRecord[] {
  return linesOf(text)
    .filter((line) => line.includes('"module":"tokenmeter"'))
    .map((line) => JSON.parse(line) as CallLogRecord)
}

/** `m-0` … `m-<count - 1>`: the models that `logs.mjs` asks, in order. */
export const models = (count: number): string[] => Array.from({ length: count }, (_, index) => `m-${index}`)

/** The models of the lines, in order. */
export const modelsOf = (text: string): (string | undefined)[] => recordsOf(text).map(({ model }) => model)

/** A directory that is gone after the test. */
export interface Folder extends Disposable {
  readonly path: (name: string) => string
  /** The text of a file; empty if there is none. */
  readonly read: (name: string) => string
}

export function folder(): Folder {
  const root = mkdtempSync(join(tmpdir(), 'tokenmeter-logs-'))
  const path = (name: string): string => join(root, name)
  return {
    path,
    read: (name) => (existsSync(path(name)) ? readFileSync(path(name), 'utf8') : ''),
    [Symbol.dispose]: () => rmSync(root, { recursive: true }),
  }
}

/** A pipe of the system's, which holds 64 kB, and from which nobody reads until the test does. */
export interface Pipe extends Disposable {
  readonly writeEnd: number
  /** What is in it. Nothing can be written to it any more. */
  drain(): string
}

/** @param path where it may be made */
export function pipe(path: string): Pipe {
  execFileSync('mkfifo', [path])
  const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const writeEnd = openSync(path, 'w')
  let isOpen = true
  const close = (): void => {
    if (isOpen) closeSync(writeEnd)
    isOpen = false
  }
  return {
    writeEnd,
    drain() {
      close()
      return readFileSync(readEnd, 'utf8')
    },
    [Symbol.dispose]() {
      close()
      closeSync(readEnd)
    },
  }
}

/** A program whose output is read when the test wants to, and not before. */
export interface Unread {
  readonly child: ChildProcess
  /** Resolves to the exit code. */
  readonly ended: Promise<[number | null]>
  /** Resolves when all calls are made. */
  readonly called: Promise<unknown>
  /** Reads what there is, and what follows, to the end. */
  read(): Promise<{ readonly stdout: string; readonly stderr: string; readonly code: number | null }>
}

/**
 * Starts `logs.mjs` with us, and reads nothing.
 *
 * @param stdout a file instead of a pipe
 */
export function startUnread(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  stdout: 'pipe' | number = 'pipe',
): Unread {
  const flags = ['--conditions=source', '--import', REGISTER, programPath('logs.mjs'), ...args]
  const child = spawn(process.execPath, flags, {
    env: { PATH: process.env['PATH'] ?? '', ...LOGS_ONLY, ...env },
    stdio: ['ignore', stdout, 'pipe', 'ipc'],
  })
  const ended = once(child, 'exit') as Promise<[number | null]>
  return {
    child,
    ended,
    called: once(child, 'message'),
    async read() {
      const [output, errors] = await Promise.all([textOf(child.stdout), textOf(child.stderr)])
      const [code] = await ended
      return { stdout: output, stderr: errors, code }
    },
  }
}

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream?.readable ? stream : []) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
