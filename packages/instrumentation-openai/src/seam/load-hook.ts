import type { LoadHookSync, ResolveHookSync } from 'node:module'
import { type BuiltIns, builtIn, warnOnce } from '@tokenmeter/meter'
import { installBunHook } from './bun-hook.ts'
import { clientFileOf } from './client-files.ts'
import { clientRegistry } from './registry.ts'

/** Nothing of this is called before `installLoadHook` has seen that it is there. */
const fromNode = <Name extends keyof BuiltIns>(name: Name): BuiltIns[Name] => builtIn(name) ?? ({} as BuiltIns[Name])

const { readFileSync } = fromNode('node:fs')
const { createRequire, registerHooks } = fromNode('node:module')
const { fileURLToPath, pathToFileURL } = fromNode('node:url')
const { isInternalThread } = fromNode('node:worker_threads')

/**
 * Appended to the files that define a class of the client: hands it over. On one line at the end, so that no line number changes; whatever
 * goes wrong stays in there.
 */
const handOver = (className: string): string =>
  `\n;try{globalThis[Symbol.for("tokenmeter.openai")]?.accept(${className})}catch{}\n`

const INSTALLED = Symbol.for('tokenmeter.openai.load-hook')

/**
 * Hands every copy of openai (v4 to v7, ESM and CJS, also when only `openai/azure` is imported) to the registry as it is loaded.
 *
 * A resolve hook of this thread waits for the files that define the client class and its WebSocket classes; only while one of them is being
 * loaded is there a load hook. Nothing else is touched: the usual unrestricted loader of `import-in-the-middle` wraps every module, which crashes
 * applications with openai 4, and a load hook that stays crashes applications with an asynchronous loader, such as `tsx`, on Node 22
 * before 22.22.3 and 24 before 24.11.1. Installing it twice is once.
 */
export function installLoadHook(): void {
  const holder = globalThis as { [INSTALLED]?: true }
  // The thread of asynchronous loaders is handed every preload, too, but runs no application and knows no such hooks.
  if (holder[INSTALLED] || isInternalThread) return
  holder[INSTALLED] = true
  if (installBunHook(withHandOver, handOverLoaded)) return
  if (typeof registerHooks !== 'function') {
    warnOnce(
      'load hook',
      'tokenmeter: this runtime has no hooks for what a program loads, as Node has from 22.15 on, so that openai clients are not found by themselves: hand one to `instrument(client)` of @tokenmeter/instrumentation-openai.',
    )
    return
  }
  handOverLoaded()
  registerHooks(loadHookStays ? { resolve: awaitClientFile, load: loadAndHandOver } : { resolve: awaitClientFile })
}

/** Deno 2.9 panics when a hook is registered within a hook, and has no asynchronous loaders. */
const loadHookStays = 'Deno' in globalThis
const NO_HOOK = { deregister(): void {} } as const

/** CommonJS modules of this process; by any file, because in a bundle this one may have no address. */
const requireCache = (): NodeJS.Require['cache'] => createRequire(process.execPath).cache
/** Files that have been loaded: resolving them again loads nothing. */
const loaded = new Set<string>()
/** Files on their way, and how to stop waiting for them. */
const awaited = new Map<string, { deregister(): void }>()

const awaitClientFile: ResolveHookSync = (specifier, context, nextResolve) => {
  if (awaited.size > 0) handOverFromCache()
  const result = nextResolve(specifier, context)
  const { url } = result
  const file = clientFileOf(url)
  if (file && !loaded.has(url) && !awaited.has(url) && isOpenAI(file.folder)) {
    awaited.set(url, loadHookStays ? NO_HOOK : registerHooks({ load: loadAndHandOver }))
    // No file may come after that of a WebSocket class; before it can connect, there is another turn of the event loop.
    setImmediate(handOverFromCache).unref()
  }
  return result
}

/** Copies that were loaded by `require` before us can be had all the same; those that were imported cannot. */
function handOverLoaded(): void {
  for (const [file, module] of Object.entries(requireCache())) {
    const { href } = pathToFileURL(file)
    const client = clientFileOf(href)
    if (!client || !module?.loaded || !isOpenAI(client.folder)) continue
    loaded.add(href)
    handOverExport(module, href)
  }
}

function handOverExport({ exports }: NodeJS.Module, url: string): void {
  const className = clientFileOf(url)?.className
  if (className !== undefined) clientRegistry().accept((exports as Record<string, unknown>)[className])
}

function stopWaiting(url: string): void {
  awaited.get(url)?.deregister()
  awaited.delete(url)
  loaded.add(url)
}

/**
 * `tsx` and others load CommonJS files by themselves, past every load hook. The client requires more files after the one with the class, so
 * that the class is found here before the application gets it.
 */
function handOverFromCache(): void {
  for (const url of awaited.keys()) {
    const module = requireCache()[fileURLToPath(url)]
    if (!module?.loaded) continue
    stopWaiting(url)
    handOverExport(module, url)
  }
}

const loadAndHandOver: LoadHookSync = (url, context, nextLoad) => {
  if (!awaited.has(url)) return nextLoad(url, context)
  stopWaiting(url)
  const result = loadWithSource(url, context, nextLoad)
  // The default loader gives no source for some CommonJS modules; then the result must go back untouched.
  if (result.source == null) return result
  const source = typeof result.source === 'string' ? result.source : new TextDecoder().decode(result.source)
  return { ...result, source: withHandOver(url, source) }
}

function withHandOver(url: string, source: string): string {
  const file = clientFileOf(url)
  return file && isOpenAI(file.folder) ? source + handOver(file.className) : source
}

/**
 * Node 22 before 22.22.3 and 24 before 24.11.1 refuse the answer of an asynchronous loader that leaves a CommonJS file to `require`; the
 * file is then read as `require` would have read it.
 */
const loadWithSource: LoadHookSync = (url, context, nextLoad) => {
  try {
    return nextLoad(url, context)
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code !== 'ERR_INVALID_RETURN_PROPERTY_VALUE') throw error
    return { format: context.format ?? 'commonjs', source: readFileSync(new URL(url), 'utf8'), shortCircuit: true }
  }
}

function isOpenAI(folderUrl: string): boolean {
  if (!folderUrl.startsWith('file:')) return false
  try {
    const manifest = JSON.parse(readFileSync(new URL(`${folderUrl}/package.json`), 'utf8')) as { name?: unknown }
    return manifest.name === 'openai'
  } catch {
    return false
  }
}
