import { execFile, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

/** What the `go` command on this machine says about itself. */
export interface GoSettings {
  readonly version: string
  /** `GOPROXY` without its `direct` entries. */
  readonly proxy: string
}

/** How far a build is. */
export interface GoProgress {
  readonly phase: 'downloading' | 'compiling'
  /** Modules downloaded or packages compiled so far. */
  readonly count: number
}

const ERROR_LINES = 30

/**
 * Asks the `go` command for its settings.
 *
 * @throws {Error} when there is no `go` command; the text says what to do.
 */
export async function readGoSettings(): Promise<GoSettings> {
  try {
    const { stdout } = await promisify(execFile)('go', ['env', '-json', 'GOVERSION', 'GOPROXY'])
    const env = JSON.parse(stdout) as { readonly GOVERSION: string; readonly GOPROXY: string }
    return { version: env.GOVERSION, proxy: withoutDirect(env.GOPROXY) }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new Error(
      'The servers are built with Go, and there is no `go` command on the PATH. Install Go 1.26 or newer, or run the stack with `docker compose up`.',
      { cause: error },
    )
  }
}

/**
 * Leaves `direct` out of a `GOPROXY` list: a module that the proxy refuses is then reported as refused, instead of
 * being fetched from wherever its path points to. A list of nothing but `direct` is somebody's decision, and stays.
 */
export function withoutDirect(proxy: string): string {
  const kept = proxy.replaceAll(/[,|]direct\b/g, '').replace(/^direct[,|]/, '')
  return kept === '' ? proxy : kept
}

/**
 * Runs the `go` command to its end and reports what it is at.
 *
 * @throws {Error} when it fails, with the last lines it wrote, or when it is aborted.
 */
export async function runGo(
  args: readonly string[],
  options: {
    readonly cwd: string
    readonly env: NodeJS.ProcessEnv
    readonly signal?: AbortSignal | undefined
    readonly onProgress: (progress: GoProgress) => void
  },
): Promise<void> {
  const { cwd, env, signal, onProgress } = options
  const child = spawn('go', args, { cwd, env, ...(signal && { signal }), stdio: ['ignore', 'ignore', 'pipe'] })
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const counts = { downloading: 0, compiling: 0 }
  const lastLines: string[] = []
  const lines = createInterface({ input: child.stderr })
  lines.on('line', (line) => {
    const phase = line.startsWith('go: downloading ')
      ? 'downloading'
      : /^[\w./-]+$/.test(line)
        ? 'compiling'
        : undefined
    if (phase) onProgress({ phase, count: ++counts[phase] })
    else if (lastLines.push(line) > ERROR_LINES) lastLines.shift()
  })
  const code = await exited
  if (code !== 0) throw new Error(`go ${args[0]} failed (exit code ${code}):\n${lastLines.join('\n')}`)
}
