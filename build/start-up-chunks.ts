/**
 * The modules that a process with `@tokenmeter/node/register` needs before its first call, of the packages that have many others. One that is missing here is loaded
 * all the same, with all the others: a test says which.
 */
const AT_START: Readonly<Record<string, readonly string[]>> = {
  meter: [
    'attributes',
    'attribution-baggage',
    'attribution-labels',
    'bounded-values',
    'budget-gauges',
    'built-in',
    'content/capture-mode',
    'content/content',
    'content/content-queue',
    'content/options',
    'content/pipeline',
    'content/shared',
    'gen-ai-instruments',
    'gen-ai-row',
    'generated/gen-ai',
    'guard',
    'histogram',
    'instrument-set',
    'instruments',
    'ledger',
    'local-histogram',
    'profile',
    'recorder',
    'series',
    'status',
    'usd',
    'version',
  ],
  'instrumentation-openai': [
    'call-watcher',
    'capture',
    'charge-log',
    'content-scrubber',
    'estimate/estimator',
    'price-settings',
    'provider-hosts',
    'provider-names',
    'seam/abandoned',
    'seam/api-promise',
    'seam/bun-hook',
    'seam/client',
    'seam/client-files',
    'seam/client-version',
    'seam/load-hook',
    'seam/passage',
    'seam/patch',
    'seam/registry',
    'seam/request-scope',
    'seam/shapes',
    'seam/socket',
    'seam/tool-runner',
    'seam/tripwire',
    'stream-usage',
    'version',
  ],
}

/**
 * How the CommonJS build of a package is cut: into what is needed at start-up, and everything else.
 *
 * @param isEntry tells the modules that are files of their own already.
 */
export function startUpChunks(packageName: string, isEntry: (file: string) => boolean): object {
  const atStart = AT_START[packageName]
  if (!atStart) return {}
  const chunkOf = (id: string): string | null => {
    const module = /\/src\/(.+)\.ts$/.exec(id)?.[1]
    if (module === undefined || isEntry(`${module}.ts`)) return null
    return atStart.includes(module) ? 'start-up' : 'later'
  }
  return { codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: chunkOf }] } }
}
