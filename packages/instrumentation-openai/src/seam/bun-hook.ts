import { builtIn, guard } from '@tokenmeter/meter'

/** The part of `Bun.plugin` that is used: https://bun.com/docs/bundler/plugins, read on 2026-11-24. */
interface Bun {
  plugin(plugin: { readonly name: string; setup(build: Build): void }): void
}

interface Build {
  onLoad(
    options: { readonly filter: RegExp },
    load: (file: { readonly path: string }) => { readonly contents: string; readonly loader: 'js' },
  ): void
  onResolve(
    options: { readonly filter: RegExp },
    resolve: (specifier: { readonly importer: string }) => undefined,
  ): void
}

/** ES modules that may be among those of `client-files.ts`. */
const CLIENT_MODULE = /openai.*[\\/](?:client|core|completions|ws|websocket|ws-base)\.mjs$/

/** What the index of openai, v4 to v7, requires when it has the client class. */
const AFTER_CLIENT = /^\.\/(?:core|azure|uploads|error|pagination|resources|index|version)(?:[./]|$)/

/**
 * Does in Bun what hooks do in Node. ES modules are changed as they are loaded. CommonJS files that a plugin of Bun's has loaded lose their
 * exports (1.4.5); they are looked for among those that have been required, whenever openai requires the next.
 *
 * @param changeSource what is to be run of a file.
 * @param lookAtLoaded looks through the files that have been required.
 * @returns whether this is Bun.
 */
export function installBunHook(
  changeSource: (url: string, source: string) => string,
  lookAtLoaded: () => void,
): boolean {
  const { Bun: bun } = globalThis as { readonly Bun?: Bun }
  const files = builtIn('node:fs')
  const urls = builtIn('node:url')
  if (typeof bun?.plugin !== 'function' || !files || !urls) return false
  guard('looking for openai in Bun', lookAtLoaded)
  bun.plugin({
    name: 'tokenmeter',
    setup(build) {
      build.onLoad({ filter: CLIENT_MODULE }, ({ path }) => ({
        contents: changeSource(urls.pathToFileURL(path).href, files.readFileSync(path, 'utf8')),
        loader: 'js',
      }))
      build.onResolve({ filter: AFTER_CLIENT }, ({ importer }) => {
        if (importer.includes('openai')) guard('looking for openai in Bun', lookAtLoaded)
        return undefined
      })
    },
  })
  return true
}
