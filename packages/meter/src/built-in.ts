/** What we use of Node beyond the platform of the web. */
export interface BuiltIns {
  'node:async_hooks': typeof import('node:async_hooks')
  'node:crypto': typeof import('node:crypto')
  'node:diagnostics_channel': typeof import('node:diagnostics_channel')
  'node:fs': typeof import('node:fs')
  'node:module': typeof import('node:module')
  'node:timers': typeof import('node:timers')
  'node:url': typeof import('node:url')
  'node:worker_threads': typeof import('node:worker_threads')
}

interface Runtime {
  readonly process?: { readonly getBuiltinModule?: (name: string) => object | undefined }
}

/**
 * A module that comes with Node, where there is one. An `import` would end every program that has none, in edge runtimes and browsers, and the
 * bundling of those that might.
 */
export function builtIn<Name extends keyof BuiltIns>(name: Name): BuiltIns[Name] | undefined {
  try {
    return (globalThis as Runtime).process?.getBuiltinModule?.(name) as BuiltIns[Name] | undefined
  } catch {
    // The edge runtime of Next.js has the function, and it throws.
    return undefined
  }
}
