import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** The package that scrubs, loaded when something is about to leave for the first time: its patterns take some milliseconds, which a start should not wait for. */
export const scrubModule = (): typeof import('@tokenmeter/scrub') =>
  require('@tokenmeter/scrub') as typeof import('@tokenmeter/scrub')
