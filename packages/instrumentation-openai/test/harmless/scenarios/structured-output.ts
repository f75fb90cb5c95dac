/* oxlint-disable no-underscore-dangle -- these are the client's own names */
import { chatChoice, chatCompletion, response, responseBody, RESPONSE_USAGE } from '../../support/wire-answers.ts'
import { CHAT, RESPONSE } from '../scenario.ts'
import type { App, Scenario } from '../scenario.ts'

type ChatParams = Parameters<App['chat']['parse']>[0]
type ResponseParams = Parameters<App['client']['responses']['parse']>[0]
type Make = (format: object, parser: (content: string) => unknown) => object

const SCHEMA = { name: 'city', strict: true, schema: { type: 'object', properties: { city: { type: 'string' } } } }

/** Parameters whose answer the client parses with `parser`. */
async function parsedChat(app: App, parser: (content: string) => unknown): Promise<ChatParams> {
  const make = (await app.load('lib/parser'))['makeParseableResponseFormat'] as Make
  return { ...CHAT, response_format: make({ type: 'json_schema', json_schema: SCHEMA }, parser) } as ChatParams
}

/** The `parse` helpers, which unwrap the plain calls. */
export const structuredOutput: readonly Scenario[] = [
  {
    name: 'chat.completions.parse',
    script: chatCompletion({ choices: [chatChoice({ content: '{"city":"Oslo"}' })] }),
    calls: ['chat_completion success 200 1117/342'],
    run: async (app) => {
      const promise = app.chat.parse(await parsedChat(app, JSON.parse))
      app.print('answer', await promise)
      app.print('parsed', (await promise).choices[0]?.message.parsed)
      app.print('request id', ((await promise) as { _request_id?: string })._request_id)
    },
  },
  {
    name: 'chat.completions.parse of an answer that was cut off',
    script: chatCompletion({ choices: [chatChoice({ content: '{"ci' }, 'length')] }),
    calls: ['chat_completion error 200 1117/342'],
    run: async (app) => app.attempt('answer', async () => app.chat.parse(await parsedChat(app, JSON.parse))),
  },
  {
    name: 'chat.completions.parse whose parser throws',
    script: chatCompletion(),
    calls: ['chat_completion error 200 1117/342'],
    run: async (app) => app.attempt('answer', async () => app.chat.parse(await parsedChat(app, JSON.parse))),
  },
  {
    name: 'chat.completions.parse with nothing to parse',
    script: chatCompletion(),
    calls: ['chat_completion success 200 1117/342'],
    run: async (app) => app.print('answer', await app.chat.parse(CHAT)),
  },
  {
    name: 'chat.completions.parse, and the response too',
    script: chatCompletion({ choices: [chatChoice({ content: '{"city":"Oslo"}' })] }),
    calls: ['chat_completion success 200 1117/342'],
    run: async (app) => {
      const promise = app.chat.parse(await parsedChat(app, JSON.parse)) as unknown as ReturnType<
        App['client']['chat']['completions']['create']
      >
      await app.attempt('with response', async () => (await promise.withResponse()).data)
    },
  },
  {
    name: 'responses.parse',
    script: response(
      responseBody(
        'completed',
        [
          {
            id: 'msg_1',
            type: 'message',
            status: 'completed',
            role: 'assistant',
            content: [{ type: 'output_text', text: '{"city":"Oslo"}', annotations: [] }],
          },
        ],
        RESPONSE_USAGE,
      ),
    ),
    calls: ['response success 200 328/87'],
    run: async (app) => {
      const make = (await app.load('lib/parser'))['makeParseableTextFormat'] as Make
      const text = { format: make({ type: 'json_schema', ...SCHEMA }, JSON.parse) }
      const promise = app.client.responses.parse({ ...RESPONSE, text } as ResponseParams)
      app.print('answer', await promise)
      app.print('parsed', (await promise).output_parsed)
    },
  },
]
