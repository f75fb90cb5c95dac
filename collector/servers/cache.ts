import { createHash } from 'node:crypto'
import { access, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

import type { Recipe } from './recipe.ts'

/** Written beside the binaries: what they were made from. */
interface BuildRecord {
  /** Digest of everything the build depends on. */
  readonly inputs: string
  readonly goVersion: string
  /** Wall-clock seconds the build took. */
  readonly seconds: number
  /** Binary → SHA-256. */
  readonly sha256: Readonly<Record<string, string>>
}

const RECORD_FILE = 'build.json'
const WORK_PREFIX = '.building-'
/** Hexadecimal digits of the digest in the name of a folder; the record beside the binaries has them all. */
const DIGEST_LENGTH = 8

/** Where built servers are kept for every checkout of this user: `tokenmeter` in `$XDG_CACHE_HOME`, by default `~/.cache`. */
export function cacheFolder(): string {
  const configured = process.env['XDG_CACHE_HOME']
  // The XDG base directory specification has relative paths ignored.
  const base = configured && isAbsolute(configured) ? configured : join(homedir(), '.cache')
  return join(base, 'tokenmeter')
}

/** The inputs are part of the name, so that two checkouts that build the same version differently leave each other's alone. */
function serverFolder(recipe: Recipe, inputs: string): string {
  return join(cacheFolder(), `${recipe.name}-${recipe.version}-${inputs.slice(0, DIGEST_LENGTH)}`)
}

/** The folder of a server that was built before, from exactly this recipe; `undefined` when it has to be built. */
export async function findBuiltServer(recipe: Recipe): Promise<string | undefined> {
  const inputs = await digestInputs(recipe)
  const folder = serverFolder(recipe, inputs)
  try {
    const record = JSON.parse(await readFile(join(folder, RECORD_FILE), 'utf8')) as Partial<BuildRecord>
    if (record.inputs !== inputs) return undefined
    await Promise.all(recipe.binaries.map((binary) => access(join(folder, binary))))
    return folder
  } catch {
    return undefined
  }
}

/** An empty folder on the file system of the cache, gone with everything in it when disposed of. */
export async function createWorkFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  await mkdir(cacheFolder(), { recursive: true })
  await removeLeftWorkFolders()
  const path = await mkdtemp(join(cacheFolder(), `${WORK_PREFIX}${process.pid}-`))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** Moves a finished build into the cache in one step, so that nobody ever sees half a server. */
export async function storeBuiltServer(
  recipe: Recipe,
  built: string,
  facts: { readonly goVersion: string; readonly seconds: number },
): Promise<string> {
  const sha256 = Object.fromEntries(
    await Promise.all(
      recipe.binaries.map(async (binary) => [binary, digest(await readFile(join(built, binary)))] as const),
    ),
  )
  const inputs = await digestInputs(recipe)
  const record: BuildRecord = { inputs, ...facts, sha256 }
  await writeFile(join(built, RECORD_FILE), `${JSON.stringify(record, null, 2)}\n`)

  const folder = serverFolder(recipe, inputs)
  await rm(folder, { recursive: true, force: true })
  await rename(built, folder)
  return folder
}

async function digestInputs(recipe: Recipe): Promise<string> {
  const { module, ...choices } = recipe
  const hash = createHash('sha256').update(JSON.stringify([process.platform, process.arch, choices]))
  const files = module ? (await readdir(module)).filter((file) => /^go\.(?:mod|sum)$|\.go$/.test(file)).toSorted() : []
  for (const file of files) hash.update(`${file}\0`).update(await readFile(join(module ?? '', file)))
  return hash.digest('hex')
}

function digest(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

/** A build that was killed leaves gigabytes behind. The name of its folder tells whose it was. */
async function removeLeftWorkFolders(): Promise<void> {
  for (const entry of await readdir(cacheFolder())) {
    const pid = entry.startsWith(WORK_PREFIX) ? Number.parseInt(entry.slice(WORK_PREFIX.length), 10) : Number.NaN
    if (!Number.isNaN(pid) && !isRunning(pid)) await rm(join(cacheFolder(), entry), { recursive: true, force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
