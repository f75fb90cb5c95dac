import type { OpenAI } from 'openai'
import type { OpenAIRealtimeWS } from 'openai/realtime/ws'
import type { ResponsesWS } from 'openai/resources/responses/ws'
import { instrument } from '../../src/index.ts'
import { MAJORS, type ClientMajor } from './majors.ts'
import { type SocketServer, withoutTls } from './socket-server.ts'

/** A class of the client's for the Realtime API, and sockets of it that are watched. */
export interface RealtimeClass {
  /** `openai 7 realtime/ws` */
  readonly name: string
  readonly openai: ClientMajor
  /** Its types are those of the newest major: what a test uses must exist in all classes it runs with. */
  readonly open: (wire: SocketServer, client?: OpenAI, more?: object) => OpenAIRealtimeWS
}

const PACKAGES = { 4: 'openai-v4', 5: 'openai-v5', 6: 'openai-v6', 7: 'openai' } as const

const FILES = [
  [4, 'beta/realtime/ws'],
  [4, 'beta/realtime/websocket'],
  [5, 'beta/realtime/ws'],
  [5, 'realtime/ws'],
  [5, 'realtime/websocket'],
  [6, 'realtime/ws'],
  [6, 'realtime/websocket'],
  [7, 'beta/realtime/ws'],
  [7, 'realtime/ws'],
  [7, 'realtime/websocket'],
] as const

type AnyRealtimeClass = new (props: object, client: OpenAI) => OpenAIRealtimeWS

/** For `describe.each(REALTIME_CLASSES)('with $name', ({ open }) => ...)`. */
export const REALTIME_CLASSES: readonly RealtimeClass[] = await Promise.all(FILES.map(realtimeClass))

async function realtimeClass([major, file]: (typeof FILES)[number]): Promise<RealtimeClass> {
  const module = (await import(`${PACKAGES[major]}/${file}`)) as Record<string, AnyRealtimeClass>
  const Realtime = (module['OpenAIRealtimeWS'] ?? module['OpenAIRealtimeWebSocket']) as AnyRealtimeClass
  const openai = MAJORS.find((candidate) => candidate.major === major) as ClientMajor
  return {
    name: `openai ${major} ${file}`,
    openai,
    open: (wire, client = openai.connect(wire), more = {}) => {
      instrument(Realtime)
      return new Realtime({ model: 'gpt-realtime', options: withoutTls(wire), ...more }, client)
    },
  }
}

/** A major that has the Responses API over WebSockets, and sockets of it that are watched. */
export interface ResponsesClass {
  readonly name: string
  readonly openai: ClientMajor
  readonly open: (
    wire: SocketServer,
    options?: ConstructorParameters<typeof ResponsesWS>[1],
    client?: OpenAI,
  ) => ResponsesWS
}

/** For `describe.each(RESPONSES_CLASSES)('with $name', ({ open }) => ...)`. */
export const RESPONSES_CLASSES: readonly ResponsesClass[] = await Promise.all(
  MAJORS.filter(({ major }) => major >= 6).map(async (openai): Promise<ResponsesClass> => {
    const file = `${PACKAGES[openai.major]}/resources/responses/ws`
    const { ResponsesWS } = (await import(file)) as {
      ResponsesWS: typeof import('openai/resources/responses/ws').ResponsesWS
    }
    return {
      name: file,
      openai,
      open: (wire, options, client = openai.connect(wire)) => instrument(new ResponsesWS(client, options)),
    }
  }),
)
