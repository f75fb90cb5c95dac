import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** How a program ended, and what it printed. */
export interface Outcome {
  readonly stdout: string
  readonly stderr: string
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** Variables of the program, on top of nothing but `PATH`. */
export type Env = Readonly<Record<string, string>>

const PROGRAMS = new URL('../programs/', import.meta.url)
const REGISTER = fileURLToPath(new URL('../../src/register.ts', import.meta.url))

/** Runs a program of `test/programs` with `--import` of our register. */
export function runRegistered(program: string, args: readonly string[], env: Env): Promise<Outcome> {
  return runRegisteredIn(undefined, program, args, { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', ...env })
}

/** The same in another folder. */
export function runRegisteredIn(
  cwd: string | undefined,
  program: string,
  args: readonly string[],
  env: Env,
): Promise<Outcome> {
  const flags = ['--conditions=source', '--import', REGISTER, programPath(program), ...args]
  return run(flags, { TOKENMETER_METRICS_PORT: '0', ...env }, cwd === undefined ? {} : { cwd })
}

/** Runs the same program without us. */
export function runBare(program: string, args: readonly string[], env: Env): Promise<Outcome> {
  return run(['--conditions=source', programPath(program), ...args], env)
}

/** Runs Node, or another program, with exactly these arguments, in `cwd` or where the tests are. */
export function run(
  args: readonly string[],
  env: Env,
  { program = process.execPath, cwd }: { readonly program?: string; readonly cwd?: string } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(cwd !== undefined && { cwd }),
    })
    const output = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()))
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ ...output, code, signal }))
  })
}

/** The path of a program of `test/programs`. */
export function programPath(program: string): string {
  return fileURLToPath(new URL(program, PROGRAMS))
}

/** Our lines on stderr. */
export function ourLines({ stderr }: Outcome): string[] {
  return stderr.split('\n').filter((line) => line.startsWith('tokenmeter: '))
}
