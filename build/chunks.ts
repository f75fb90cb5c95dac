/** Files that a CommonJS build is cut into, by the modules in them; all other modules are in the file `others`. */
interface Cut {
  readonly files: Readonly<Record<string, readonly string[]>>
  readonly others: string
}

/**
 * What a process with `@tokenmeter/node/register` needs before its first call (`start-up`), what every call needs (`call`), and what few processes do (`seldom`), in the
 * packages that are large. A module that stands in the wrong file is loaded all the same, with much else: a test says so.
 */
const CUTS: Readonly<Record<string, Cut>> = {
  meter: {
    files: {
      'start-up': [
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
        'draft',
        'gen-ai-instruments',
        'gen-ai-row',
        'generated/gen-ai',
        'guard',
        'histogram',
        'instrument-set',
        'instruments',
        'ledger',
        'local-histogram',
        'otel-globals',
        'profile',
        'recorder',
        'series',
        'span-attributes',
        'status',
        'usd',
        'version',
      ],
      call: [
        'api-usage',
        'attribute-target',
        'attribution',
        'attribution-scope',
        'context-with-span',
        'field-reader',
        'modality',
        'openai-attributes',
        'operation',
        'sinks/ai-metrics',
        'sinks/attribute-sheet',
        'sinks/gen-ai-metrics',
        'sinks/span',
        'sinks/usage-attributes',
        'usage',
      ],
    },
    others: 'seldom',
  },
  'instrumentation-openai': {
    files: {
      'start-up': [
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
        'warm-up',
      ],
      seldom: [
        'call-content',
        'estimate/tokenizer',
        'operations/batch-output',
        'operations/content/content-of-choices',
        'operations/content/item-parts',
        'operations/content/parts',
        'operations/content/realtime-content',
        'operations/content/text-pieces',
        'operations/live',
        'operations/realtime',
        'raw-body',
        'realtime/live-session',
        'realtime/open-calls',
        'realtime/realtime-session',
        'realtime/responses-session',
        'realtime/session-facts',
        'realtime/sessions',
        'realtime/transcriptions',
        'seam/raw-body',
        'seam/stand-in',
        'seam/tool-run',
        'wire/event-stream',
      ],
    },
    others: 'call',
  },
}

/**
 * How the bundler cuts the CommonJS build of a package.
 *
 * @param isEntry tells the modules that are files of their own already.
 */
export function chunksOf(packageName: string, isEntry: (file: string) => boolean): object {
  const cut = CUTS[packageName]
  if (!cut) return {}
  const fileOf = (id: string): string | null => {
    const module = /\/src\/(.+)\.ts$/.exec(id)?.[1]
    if (module === undefined || isEntry(`${module}.ts`)) return null
    return Object.entries(cut.files).find(([, modules]) => modules.includes(module))?.[0] ?? cut.others
  }
  return {
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{ name: fileOf, debugName: 'what is loaded when' }],
    },
  }
}
