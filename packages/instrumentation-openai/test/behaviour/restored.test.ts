import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Arbitrary, array, assert, asyncProperty, constantFrom } from 'fast-check'
import type { OpenAI } from 'openai'
import { describe, expect, test } from 'vitest'
import { instrument } from '../../src/index.ts'
import { ownerOf } from '../../src/seam/patch.ts'
import { createWatch, type Watch } from '../../src/watch.ts'
import { CHAT, CHAT_STREAM } from '../harmless/scenario.ts'
import { ForeignPatch } from '../support/foreign-patch.ts'
import { type ClientMajor, MAJORS } from '../support/majors.ts'
import { changedMembers, type Members, membersOf } from '../support/members.ts'
import { readAll } from '../support/streams.ts'
import { chatCompletion, chatStream } from '../support/wire-answers.ts'
import { type WireServer, wireServer } from '../support/wire-server.ts'

const REQUESTS = ['answered', 'raw', 'streamed', 'run of tools'] as const
const WATCHES = ['first starts', 'first stops', 'second starts', 'second stops'] as const
const FOREIGN = ['others patch', 'others leave'] as const
type Step = (typeof REQUESTS | typeof WATCHES | typeof FOREIGN)[number]

const steps = (...kinds: readonly (readonly Step[])[]): Arbitrary<Step[]> =>
  array(constantFrom(...kinds.flat()), { minLength: 3, maxLength: 14 })

/** An application whose clients are watched by nobody yet. */
class Application {
  readonly #client: OpenAI
  readonly #chat: OpenAI['chat']['completions']

  constructor({ openai, chatOf }: ClientMajor, { url }: WireServer) {
    this.#client = new openai.OpenAI({ apiKey: 'sk-test', baseURL: url, maxRetries: 0 })
    this.#chat = chatOf(this.#client)
  }

  get client(): OpenAI {
    return this.#client
  }

  async ask(request: (typeof REQUESTS)[number]): Promise<void> {
    const { completions } = this.#client.chat
    if (request === 'answered') await completions.create(CHAT)
    if (request === 'raw') await (await completions.create(CHAT).asResponse()).json()
    if (request === 'streamed') await readAll(await completions.create(CHAT_STREAM))
    if (request === 'run of tools') await this.#chat.runTools({ ...CHAT, tools: [] }).finalContent()
  }

  /** Whatever the client is made of and gives to the application: classes, and the objects behind promises, streams and runs. */
  async parts(): Promise<object[]> {
    const { constructor, chat } = this.#client
    const promise = chat.completions.create(CHAT)
    const page = this.#client.models.list()
    const stream = await chat.completions.create(CHAT_STREAM)
    const run = this.#chat.runTools({ ...CHAT, tools: [] })
    const streamedRun = this.#chat.runTools({ ...CHAT_STREAM, tools: [] })
    await Promise.all([promise, page, readAll(stream), run.done(), streamedRun.done()])
    const objects = [this.#client, chat.completions, this.#chat, promise, page, stream, run, streamedRun]
    return [constructor, ...objects.map((object) => Object.getPrototypeOf(object) as object)]
  }
}

const answering = (): Promise<WireServer> =>
  wireServer(({ method, body }) => {
    if (method === 'GET') return { json: { object: 'list', data: [] } }
    return (JSON.parse(body) as { stream?: boolean }).stream === true ? chatStream(['Hello']) : chatCompletion()
  })

const sum = ({ first, second }: Readonly<Record<'first' | 'second', number>>): number => first + second

/** Turns of the event loop in which a call that has been answered is surely recorded. */
const TURNS = 20

/** Two watches and another vendor, and what must be true of them. */
class Scene {
  readonly #application: Application
  readonly #owner: object
  readonly #patched: string
  readonly #calls = { first: 0, second: 0 }
  readonly #watches: Readonly<Record<'first' | 'second', Watch>>
  /** In the order in which they started. */
  readonly #running: ('first' | 'second')[] = []
  #foreign: ForeignPatch | undefined
  /** Somebody who left has taken our patch with them. */
  #isOut = false

  constructor(application: Application, patched: string) {
    const { client } = application
    this.#application = application
    this.#owner = ownerOf(client, patched) as object
    this.#patched = patched
    const watch = (name: 'first' | 'second'): Watch =>
      createWatch({ estimates: 'off', streamUsage: false, onCall: () => void this.#calls[name]++ })
    this.#watches = { first: watch('first'), second: watch('second') }
  }

  get isWatched(): boolean {
    return this.#running.length > 0
  }

  async take(step: Step): Promise<void> {
    const [subject, verb] = step.split(' ') as ['first' | 'second', string]
    if (step === 'others patch') this.#foreign ??= new ForeignPatch(this.#owner, this.#patched)
    else if (step === 'others leave') this.#leave()
    else if (verb === 'starts') this.#start(subject)
    else if (verb === 'stops') this.#stop(subject)
    else await this.#ask(step as (typeof REQUESTS)[number])
  }

  #start(name: 'first' | 'second'): void {
    this.#watches[name].start()
    if (!this.#running.includes(name)) this.#running.push(name)
  }

  #stop(name: 'first' | 'second'): void {
    this.#watches[name].stop()
    const index = this.#running.indexOf(name)
    if (index >= 0) this.#running.splice(index, 1)
    if (!this.isWatched) this.#isOut = false
  }

  #leave(): void {
    this.#isOut ||= this.isWatched && this.#foreign?.isOnTop() === false
    this.#foreign?.remove()
    this.#foreign = undefined
  }

  async #ask(request: (typeof REQUESTS)[number]): Promise<void> {
    const expected = { ...this.#calls }
    const [recording] = this.#running
    if (recording) expected[recording]++
    await this.#application.ask(request)
    for (let turn = 0; turn < TURNS && sum(this.#calls) < sum(expected); turn++) await nextTurn()
    if (this.#isOut) expect(sum(this.#calls)).toBeLessThanOrEqual(sum(expected))
    else expect(this.#calls).toEqual(expected)
  }

  /** Everybody leaves; then we come and go once more. */
  end(): void {
    this.#leave()
    for (const name of ['first', 'second'] as const) this.#stop(name)
    this.#start('first')
    this.#stop('first')
  }
}

const changesOf = (parts: readonly object[], before: readonly Members[]): string[] =>
  parts.flatMap((part, index) => changedMembers(before[index] as Members, membersOf(part)))

describe.each(MAJORS)('with openai $major', (major) => {
  /** An application of this client, and which of its members are not as they were before anybody watched. */
  async function application(wire: WireServer): Promise<{ app: Application; changes: () => string[] }> {
    const app = new Application(major, wire)
    const parts = await app.parts()
    const before = parts.map(membersOf)
    const watch = createWatch({})
    watch.start()
    instrument(app.client)
    watch.stop()
    return { app, changes: () => changesOf(parts, before) }
  }

  test('every member is as it was when the last watch is gone, and each call was counted by the watch that came first', async () => {
    await using wire = await answering()
    const { app, changes } = await application(wire)
    await assert(
      asyncProperty(steps(WATCHES, REQUESTS), async (taken) => {
        const scene = new Scene(app, 'request')
        for (const step of taken) {
          await scene.take(step)
          if (!scene.isWatched) expect(changes()).toEqual([])
        }
        scene.end()
        expect(changes()).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  test.each(['makeRequest', 'fetchWithTimeout', 'request'])(
    'the same is true when others come and go with a patch of %s, whose wrapper we cannot restore while they are there',
    async (patched) => {
      await using wire = await answering()
      const { app, changes } = await application(wire)
      await assert(
        asyncProperty(steps(WATCHES, REQUESTS, FOREIGN), async (taken) => {
          const scene = new Scene(app, patched)
          for (const step of taken) {
            await scene.take(step)
            if (!scene.isWatched) expect(changes().filter((name) => !name.endsWith(patched))).toEqual([])
          }
          scene.end()
          expect(changes()).toEqual([])
        }),
        { numRuns: 60 },
      )
    },
  )
})
