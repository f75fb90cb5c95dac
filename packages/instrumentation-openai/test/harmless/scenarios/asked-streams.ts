import { answersWhenAsked } from '../../support/usage-when-asked.ts'
import { CHAT, CHAT_STREAM } from '../scenario.ts'
import type { App, Scenario } from '../scenario.ts'
import { connectAzure } from './connect-azure.ts'

/** A client of a host that is known to take the question for the usage of a stream. */
const connect = (app: App): App['client'] => connectAzure(app, app.openai.AzureOpenAI)

const chatOf = (app: App, client: App['client']): App['chat'] =>
  app.major === 4 ? (client.beta as unknown as App['client']).chat.completions : client.chat.completions

const WITH_USAGE = 'chat_completion success 200 1117/342'
const WITHOUT_USAGE = 'chat_completion success 200 -'

/** Streams that are asked for a usage that the application did not ask for, which the application cannot see. */
export const askedStreams: readonly Scenario[] = [
  {
    name: 'asked for its usage: a stream',
    script: answersWhenAsked,
    calls: [WITH_USAGE],
    run: async (app) => app.readAll(await connect(app).chat.completions.create(CHAT_STREAM)),
  },
  {
    name: 'asked for its usage: withResponse',
    script: answersWhenAsked,
    calls: [WITH_USAGE],
    run: async (app) => {
      const { data, response } = await connect(app).chat.completions.create(CHAT_STREAM).withResponse()
      app.print('status', response.status)
      await app.readAll(data)
      app.print('used', response.bodyUsed)
    },
  },
  {
    name: 'asked for its usage: asResponse, read as text',
    script: answersWhenAsked,
    calls: [WITHOUT_USAGE],
    run: async (app) => {
      const answer = await connect(app).chat.completions.create(CHAT_STREAM).asResponse()
      app.print('text', await answer.text())
    },
  },
  {
    name: 'asked for its usage: toReadableStream',
    script: answersWhenAsked,
    calls: [WITH_USAGE],
    run: async (app) => {
      const stream = await connect(app).chat.completions.create(CHAT_STREAM)
      app.print('text', await new Response(stream.toReadableStream()).text())
    },
  },
  {
    name: 'asked for its usage: both halves of a tee',
    script: answersWhenAsked,
    calls: [WITH_USAGE],
    run: async (app) => {
      const [left, right] = (await connect(app).chat.completions.create(CHAT_STREAM)).tee()
      await app.readAll(left)
      await app.readAll(right)
    },
  },
  {
    name: 'asked for its usage: left early',
    script: answersWhenAsked,
    run: async (app) => {
      for await (const chunk of await connect(app).chat.completions.create(CHAT_STREAM)) {
        app.print('chunk', chunk)
        break
      }
    },
  },
  {
    name: 'asked for its usage: the stream helper',
    script: answersWhenAsked,
    calls: [WITH_USAGE],
    run: async (app) => {
      const runner = chatOf(app, connect(app)).stream(CHAT)
      runner.on('chunk', (chunk) => app.print('chunk', chunk))
      app.print('completion', await runner.finalChatCompletion())
      app.print('usage', await runner.totalUsage())
    },
  },
  {
    name: 'asked for its usage: by hand',
    script: answersWhenAsked,
    calls: [WITH_USAGE],
    run: async (app) => {
      const post = connect(app).post('/chat/completions', { body: { ...CHAT_STREAM }, stream: true })
      await app.readAll((await post) as AsyncIterable<unknown>)
    },
  },
  {
    name: 'asked for its usage: the application asks itself, or declines',
    script: answersWhenAsked,
    calls: [WITH_USAGE, WITHOUT_USAGE],
    run: async (app) => {
      const { completions } = connect(app).chat
      for (const include_usage of [true, false]) {
        await app.readAll(await completions.create({ ...CHAT_STREAM, stream_options: { include_usage } }))
      }
    },
  },
]
