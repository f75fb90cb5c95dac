import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '..')

/** Names of the packages' folders. */
export const PACKAGE_NAMES: readonly string[] = readdirSync(join(ROOT, 'packages'))

/** Runs a program and returns what it wrote to stdout. */
export function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Packs every package, as built, into `folder`: names with the paths of their tarballs. */
export function packPackages(folder: string): ReadonlyMap<string, string> {
  return new Map(PACKAGE_NAMES.map((name) => [publishedName(name), pack(name, folder)]))
}

function publishedName(folder: string): string {
  const manifest = readFileSync(join(ROOT, 'packages', folder, 'package.json'), 'utf8')
  return (JSON.parse(manifest) as { readonly name: string }).name
}

function pack(name: string, folder: string): string {
  const { filename } = JSON.parse(
    run('pnpm', ['pack', '--json', '--pack-destination', folder], join(ROOT, 'packages', name)),
  ) as { filename: string }
  return filename
}

/** What a project of a user's depends on, beside our packages. */
export interface ProjectDependencies {
  /** Names with their versions, as in a manifest. */
  readonly dependencies: Readonly<Record<string, string>>
  /** Whether packages with install scripts may run them. */
  readonly allowBuilds: Readonly<Record<string, boolean>>
}

/** An empty project in `folder`, with our tarballs and more installed as any user would have them. */
export function installProject(
  folder: string,
  tarballs: ReadonlyMap<string, string>,
  { dependencies, allowBuilds }: ProjectDependencies,
): void {
  mkdirSync(folder)
  const ours = Object.fromEntries([...tarballs].map(([name, tarball]) => [name, `file:${tarball}`]))
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, type: 'module', dependencies: { ...ours, ...dependencies } }),
  )
  const settings = {
    packages: [],
    verifyDepsBeforeRun: false,
    allowBuilds: { protobufjs: false, ...allowBuilds },
    overrides: ours,
  }
  // YAML knows JSON.
  writeFileSync(join(folder, 'pnpm-workspace.yaml'), JSON.stringify(settings))
  run('pnpm', ['install', '--prefer-offline', '--no-frozen-lockfile'], folder)
}
