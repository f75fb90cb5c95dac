import { instrument } from '../../src/index.ts'
import * as openaiV7 from 'openai'
import type { AzureClientOptions, AzureOpenAI, ClientOptions, OpenAI } from 'openai'
import * as openaiV4 from 'openai-v4'
import * as openaiV5 from 'openai-v5'
import * as openaiV6 from 'openai-v6'
import type { WireServer } from './wire-server.ts'

/** A major version of the client, and clients of it that are watched. */
export interface ClientMajor {
  readonly major: 4 | 5 | 6 | 7
  /** The package. Its types are those of the newest major: what a test uses must exist in all majors it runs with. */
  readonly openai: typeof openaiV7
  /** A client of `wire`, without retries. Somebody must watch already, or a watch with the global providers begins. */
  readonly connect: (wire: Pick<WireServer, 'url'>, options?: ClientOptions) => OpenAI
  /** An Azure client of `wire`. */
  readonly connectAzure: (wire: Pick<WireServer, 'url'>, options?: AzureClientOptions) => AzureOpenAI
  /** The part of a client that has `stream`, `parse` and `runTools`: under `beta` in v4. */
  readonly chatOf: (client: OpenAI) => OpenAI['chat']['completions']
}

/** For `describe.each(MAJORS)('with openai $major', ({ connect }) => ...)`. */
export const MAJORS: readonly ClientMajor[] = [
  clientMajor(4, openaiV4),
  clientMajor(5, openaiV5),
  clientMajor(6, openaiV6),
  clientMajor(7, openaiV7),
]

function clientMajor(major: ClientMajor['major'], module: unknown): ClientMajor {
  const openai = module as typeof openaiV7
  return {
    major,
    openai,
    connect: (wire, options) =>
      prepare(new openai.OpenAI({ apiKey: 'sk-test', baseURL: wire.url, maxRetries: 0, ...options })),
    connectAzure: (wire, options) => {
      const endpoint = wire.url.replace('/v1', '')
      const azure = { apiKey: 'azure-key', apiVersion: '2024-10-21', endpoint, maxRetries: 0 }
      return prepare(new openai.AzureOpenAI({ ...azure, ...options }))
    },
    chatOf: (client) =>
      major === 4 ? (client.beta as unknown as Pick<OpenAI, 'chat'>).chat.completions : client.chat.completions,
  }
}

/** Has the client's class watched, and takes the waiting out of its retries: half a second and more, where no header says how long. */
function prepare<Client extends OpenAI>(client: Client): Client {
  Object.assign(client, { calculateDefaultRetryTimeoutMillis: () => 1 })
  return instrument(client)
}
