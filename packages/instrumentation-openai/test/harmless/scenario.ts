import type * as openai from 'openai'
import type { ClientOptions, OpenAI } from 'openai'
import type { Stream } from 'openai/streaming'
import type { SessionScript } from '../support/socket-server.ts'
import type { Step } from '../support/wire-server.ts'

/** A major version of the openai package. */
export type Major = 4 | 5 | 6 | 7

/** One thing that an application does with the client, and what the recorder must have seen of it. */
export interface Scenario {
  readonly name: string
  /** The first major that has what the scenario uses. Default 4. */
  readonly since?: Major
  /** What the server of this scenario answers, if there is one. */
  readonly script: Step | readonly Step[] | 'nobody listens'
  /** What the server does with each WebSocket; then `script` is not used. */
  readonly socket?: SessionScript
  /**
   * The calls to be recorded, in any order: `operation outcome statuses input/output`, such as `chat_completion success 429,200 1117/342`.
   * `-` stands for no status and for no usage. A number: so many calls, whatever they are.
   * Absent: not compared, where the client itself decides whether there is a call at all.
   */
  readonly calls?: number | readonly string[] | ((major: Major) => readonly string[])
  /** How many functions the client executes as tools. Default none. */
  readonly tools?: number | ((major: Major) => number)
  /** Does it, and prints all that the application can observe. */
  readonly run: (app: App) => Promise<void>
}

/** What a scenario has to work with: the client's package as the program loaded it, and a printer. */
export interface App {
  readonly major: Major
  readonly openai: typeof openai
  readonly OpenAI: typeof OpenAI
  readonly Stream: typeof Stream
  readonly APIPromise: typeof openai.APIPromise
  /** A client of this scenario's server. */
  readonly client: OpenAI
  /** The client's part that has `stream`, `parse` and `runTools`: under `beta` in v4. */
  readonly chat: OpenAI['chat']['completions']
  /** Base URL of this scenario's server. */
  readonly url: string
  /** Another client of this scenario's server. */
  connect(options?: ClientOptions): OpenAI
  /** Loads a module of the client's package, `streaming` say, as ESM or CJS as the program itself is. */
  load(subpath: string): Promise<Readonly<Record<string, unknown>>>
  /** Steers this scenario's server: `continue`, `arrived/1`, `closed/1`. */
  wire(verb: string): Promise<string>
  print(label: string, value: unknown): void
  /** Iterates until it ends or throws, and prints everything it got. */
  readAll(stream: AsyncIterable<unknown>): Promise<void>
  /** Prints what the function returns or throws. */
  attempt(label: string, action: () => unknown): Promise<void>
}

/** The parameters of the usual chat call. */
export const CHAT: {
  readonly model: string
  readonly messages: { readonly role: 'user'; readonly content: string }[]
} = {
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content: 'Hi' }],
}

/** The parameters of the usual chat call, streamed. */
export const CHAT_STREAM: typeof CHAT & { readonly stream: true } = { ...CHAT, stream: true }

/** The parameters of the usual Responses call. */
export const RESPONSE: { readonly model: string; readonly input: string } = { model: 'gpt-4o-mini', input: 'Hi' }

/** The parameters of the usual Responses call, streamed. */
export const RESPONSE_STREAM: typeof RESPONSE & { readonly stream: true } = { ...RESPONSE, stream: true }

/** The parameters of the usual embedding call. */
export const EMBEDDING: { readonly model: string; readonly input: string } = {
  model: 'text-embedding-3-small',
  input: 'Hi',
}
