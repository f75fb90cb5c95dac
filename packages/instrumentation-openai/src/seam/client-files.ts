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

const FILE_URL = new RegExp(`^(.*?)/(${[...CLASS_BY_FILE.keys()].join('|')})\\.m?js(?:\\?.*)?$`)

/** A file that defines a class of the client, if the package it is in is openai. */
export interface ClientFile {
  /** URL of the package. */
  readonly folder: string
  readonly className: string
}

/** What the URL says; whose package it is remains to be seen. */
export function clientFileOf(url: string): ClientFile | undefined {
  const [, folder, file = ''] = FILE_URL.exec(url) ?? []
  const className = CLASS_BY_FILE.get(file)
  return folder === undefined || className === undefined ? undefined : { folder, className }
}
