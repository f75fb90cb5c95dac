import { readFileSync } from 'node:fs'
import { type LoadHookSync, registerHooks } from 'node:module'
import { clientRegistry } from './registry.ts'

/** The files that define the client class: `core` in v4, `client` since v5, each as ESM and as CJS. */
const CLIENT_FILE = /^(.*)\/(?:client|core)\.m?js(?:\?.*)?$/

/**
 * Appended to those files: hands the class over. On one line at the end, so that no line number changes; whatever goes wrong stays
 * in there.
 */
const HAND_OVER =
  '\n;try{globalThis[Symbol.for("tokenmeter.openai")]?.accept(typeof OpenAI==="function"?OpenAI:typeof APIClient==="function"?APIClient:undefined)}catch{}\n'

const INSTALLED = Symbol.for('tokenmeter.openai.load-hook')

/**
 * Hands every copy of openai (v4 to v7, ESM and CJS, also when only `openai/azure` is imported) to the registry as it is loaded.
 *
 * Only the two files that define the client class are touched, by `module.registerHooks` on this thread: the usual unrestricted
 * loader of `import-in-the-middle` wraps every module, which crashes applications with openai 4. Installing it twice is once.
 */
export function installLoadHook(): void {
  const holder = globalThis as { [INSTALLED]?: true }
  if (holder[INSTALLED]) return
  holder[INSTALLED] = true
  clientRegistry()
  registerHooks({ load: loadAndHandOver })
}

const loadAndHandOver: LoadHookSync = (url, context, nextLoad) => {
  const result = nextLoad(url, context)
  const folder = CLIENT_FILE.exec(url)?.[1]
  // The default loader gives no source for some CommonJS modules; then the result must go back untouched.
  if (folder === undefined || result.source == null || !isOpenAI(folder)) return result
  const source = typeof result.source === 'string' ? result.source : new TextDecoder().decode(result.source)
  return { ...result, source: source + HAND_OVER }
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
