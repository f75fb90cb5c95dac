import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const runFile = promisify(execFile)
const program = fileURLToPath(new URL('witness.py', import.meta.url))

/** Lists that only Python has, pinned, with the beginning of their wheels' names. */
export const WITNESSES = {
  'genai-prices': { version: '0.2.3', wheel: 'genai_prices-0.2.3-' },
  litellm: { version: '1.110.2', wheel: 'litellm-1.110.2-' },
} as const

/** Which of the two. */
export type WitnessName = keyof typeof WITNESSES

/** Seconds that a download may take. */
const DOWNLOAD_LIMIT = 120
const MOST_BYTES = 64 * 1024 * 1024

/** Where wheels stay from one check to the next. */
const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tokenmeter', 'price-witnesses')

/**
 * What a witness says, as its own JSON.
 *
 * @throws when there is no Python, no pip, no such package, or no network.
 */
export async function readWitness(name: WitnessName): Promise<unknown> {
  const { stdout } = await runFile('python3', [program, name, await wheelOf(name)], { maxBuffer: MOST_BYTES })
  return JSON.parse(stdout)
}

async function wheelOf(name: WitnessName): Promise<string> {
  mkdirSync(folder, { recursive: true })
  const known = findWheel(name)
  if (known !== undefined) return known
  const { version } = WITNESSES[name]
  const what = ['--no-deps', '--only-binary=:all:', '--quiet', '--disable-pip-version-check', '--dest', folder]
  await runFile('python3', ['-m', 'pip', 'download', ...what, `${name}==${version}`], {
    timeout: DOWNLOAD_LIMIT * 1000,
  })
  const wheel = findWheel(name)
  if (wheel === undefined) throw new Error(`pip brought no wheel of ${name} ${version}`)
  return wheel
}

function findWheel(name: WitnessName): string | undefined {
  const file = readdirSync(folder).find((entry) => entry.startsWith(WITNESSES[name].wheel) && entry.endsWith('.whl'))
  return file === undefined ? undefined : join(folder, file)
}
