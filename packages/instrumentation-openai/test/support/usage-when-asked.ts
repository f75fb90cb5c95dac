import { CHAT_USAGE, chatStream } from './wire-answers.ts'
import type { Answer, Step, WireRequest } from './wire-server.ts'

/** Whether a request asks for the usage of its stream. */
export const asksForUsage = ({ body }: WireRequest): boolean => /"include_usage": ?true/.test(body)

/** Answers as the API does: with usage in a last chunk, and `usage: null` in the others, only when asked. */
export const answersWhenAsked: Step = (request) => {
  const contents = ['Hello', ', world']
  return asksForUsage(request) ? withNulls(chatStream(contents, { usage: CHAT_USAGE })) : chatStream(contents)
}

function withNulls(stream: Answer): Answer {
  const pieces = (stream.pieces as readonly string[]).map((piece) =>
    piece.includes('"usage"') || !piece.includes('{') ? piece : piece.replace(/\}\n\n$/, ',"usage":null}\n\n'),
  )
  return { ...stream, pieces }
}
