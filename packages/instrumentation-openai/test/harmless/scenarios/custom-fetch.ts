import { chatCompletion, chatStream, wireError } from '../../support/wire-answers.ts'
import { CHAT, CHAT_STREAM } from '../scenario.ts'
import type { Scenario } from '../scenario.ts'

type Fetch = typeof globalThis.fetch

/** A `fetch` that asks nobody. */
const makeUp: Fetch = async () => Response.json(chatCompletion().json, { headers: { 'x-request-id': 'made_up' } })

/** Clients with a `fetch` of the application. */
export const customFetch: readonly Scenario[] = [
  {
    name: 'a fetch of the application, which counts how its responses are read',
    since: 5,
    script: [chatCompletion(), chatStream(['Hel', 'lo']), wireError(400)],
    calls: ['chat_completion success 200 1117/342', 'chat_completion success 200 -', 'chat_completion error 400 -'],
    run: async ({ connect, print, attempt }) => {
      const reads: string[] = []
      const counting: Fetch = async (...all) => {
        print('fetch', [all.length, Object.keys(all[1] ?? {}).toSorted()])
        const answer = await fetch(...all)
        for (const method of ['json', 'text', 'arrayBuffer', 'blob', 'clone'] as const) {
          const original = answer[method].bind(answer) as () => never
          Object.defineProperty(answer, method, { value: () => (reads.push(method), original()) })
        }
        const body = answer.body
        const getReader = body?.getReader.bind(body)
        if (body) Object.defineProperty(body, 'getReader', { value: () => (reads.push('getReader'), getReader?.()) })
        return answer
      }
      const client = connect({ fetch: counting })
      print('answer', await client.chat.completions.create(CHAT))
      for await (const chunk of await client.chat.completions.create(CHAT_STREAM)) print('chunk', chunk)
      await attempt('error', () => client.chat.completions.create(CHAT))
      print('reads', reads)
    },
  },
  {
    name: 'a fetch of the application that makes up its response',
    script: [],
    calls: ['chat_completion success 200 1117/342'],
    run: async ({ connect, print }) => {
      print('answer', await connect({ fetch: makeUp as never }).chat.completions.create(CHAT))
    },
  },
  {
    name: 'a fetch of the application that throws, rejects, or answers with nonsense, after which v4 never ends',
    since: 5,
    script: [],
    calls: 5,
    run: async ({ connect, attempt }) => {
      const fetches: Record<string, () => unknown> = {
        throws: () => {
          throw new RangeError('thrown')
        },
        rejects: async () => {
          throw new RangeError('rejected')
        },
        'rejects with a string': () => Promise.reject(new Error('text')),
        'gives nothing': async () => undefined,
        'gives an object': async () => ({ ok: true, status: 200 }),
      }
      for (const [what, answer] of Object.entries(fetches)) {
        const client = connect({ fetch: answer as never, maxRetries: 0 })
        await attempt(what, () => client.chat.completions.create(CHAT))
      }
    },
  },
]
