/** The files of the package that define a class we watch, in v4 to v7, without their extension. `openai/azure` alone loads no other. */
const CLASS_BY_FILE: ReadonlyMap<string, string> = new Map([
  ['client', 'OpenAI'],
  ['core', 'APIClient'],
  // Has `runTools` in v4.
  ['resources/beta/chat/completions', 'Completions'],
  ['beta/realtime/ws', 'OpenAIRealtimeWS'],
  ['beta/realtime/websocket', 'OpenAIRealtimeWebSocket'],
  ['realtime/ws', 'OpenAIRealtimeWS'],
  ['realtime/websocket', 'OpenAIRealtimeWebSocket'],
  ['realtime/translations/ws', 'OpenAIRealtimeTranslationWS'],
  ['resources/responses/ws-base', 'ResponsesWSBase'],
  ['resources/beta/responses/ws-base', 'ResponsesWSBase'],
  ['resources/live/ws-base', 'LiveWSBase'],
  ['resources/live/sideband/ws-base', 'SidebandWSBase'],
  ['resources/live/forks/ws-base', 'ForksWSBase'],
])

/** Names within the package, as CommonJS and as ES modules. */
export const CLIENT_FILES: readonly string[] = [...CLASS_BY_FILE.keys()].flatMap((file) => [
  `${file}.js`,
  `${file}.mjs`,
])

/** The ends of those names: most files that a program loads have another. */
const LAST_NAMES: ReadonlySet<string> = new Set([...CLASS_BY_FILE.keys()].map((file) => file.split('/').at(-1) ?? file))

/** A file that defines a class of the client, if the package it is in is openai. */
export interface ClientFile {
  /** URL of the package. */
  readonly folder: string
  readonly className: string
}

/**
 * What the URL says; whose package it is remains to be seen. Asked of every file that a program loads: an expression would take longer to be compiled than all
 * of these comparisons.
 */
export function clientFileOf(url: string): ClientFile | undefined {
  const path = withoutExtension(url)
  if (path === undefined || !LAST_NAMES.has(path.slice(path.lastIndexOf('/') + 1))) return undefined
  let found: string | undefined
  // `beta/realtime/ws` ends like `realtime/ws`.
  for (const file of CLASS_BY_FILE.keys()) {
    if (path.endsWith(`/${file}`) && file.length > (found ?? '').length) found = file
  }
  const className = CLASS_BY_FILE.get(found ?? '')
  if (found === undefined || className === undefined) return undefined
  return { folder: path.slice(0, -found.length - 1), className }
}

/** The URL of a `.js` or `.mjs` up to there. */
function withoutExtension(url: string): string | undefined {
  const query = url.indexOf('?')
  const path = query < 0 ? url : url.slice(0, query)
  if (path.endsWith('.mjs')) return path.slice(0, -4)
  return path.endsWith('.js') ? path.slice(0, -3) : undefined
}
