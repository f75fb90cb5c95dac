import { diag } from '@opentelemetry/api'
import { expect, onTestFinished, test } from 'vitest'
import { instrument } from '../../src/index.ts'
import { CHAT } from '../harmless/scenario.ts'
import { watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { chatCompletion } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

/** What is said from now to the end of the test. */
function said(): readonly string[] {
  const told: string[] = []
  const tell = (text: string): void => void told.push(text)
  diag.setLogger({ error: tell, warn: tell, info() {}, debug() {}, verbose() {} })
  onTestFinished(() => diag.disable())
  return told
}

/** A client class of that version, with the request path that we know. */
function clientOf(version: string): new () => { makeRequest(): Promise<object> } {
  return class OpenAI {
    async makeRequest(): Promise<object> {
      return {}
    }
    async fetchWithTimeout(): Promise<void> {}
    getUserAgent(): string {
      return `${this.constructor.name}/JS ${version}`
    }
  }
}

/** A client class of that version, with none. */
function strangerOf(version: unknown): new () => object {
  return class OpenAI {
    getUserAgent(): unknown {
      return version === undefined ? undefined : `OpenAI/JS ${String(version)}`
    }
  }
}

test.each(MAJORS)('nothing is said of openai $major, however often it is watched', async ({ connect }) => {
  const told = said()
  await using wire = await wireServer(chatCompletion())
  for (let time = 0; time < 2; time++) {
    using _ = watchCalls()
    await connect(wire).chat.completions.create(CHAT)
  }
  expect(told).toEqual([])
})

test.each(['4.20.0', '5.0.0-beta.1', '7.999.0'])(
  'nothing is said of openai %s, which is in the tested range',
  (version) => {
    const told = said()
    using _ = watchCalls()
    instrument(new (clientOf(version))())
    expect(told).toEqual([])
  },
)

test.each(['4.19.1', '8.0.0', '10.1.0-alpha.2'])('openai %s is measured, and said once to be untested', (version) => {
  const told = said()
  const Client = clientOf(version)
  const { makeRequest } = Client.prototype as { makeRequest: unknown }
  for (let time = 0; time < 2; time++) {
    using _ = watchCalls()
    const client = instrument(new Client())
    instrument(new (clientOf(version))())
    expect(client.makeRequest).not.toBe(makeRequest)
  }
  expect(told).toEqual([
    `tokenmeter: openai ${version} is measured, but not tested: Tokenmeter is tested with openai >=4.20 <8. Use one of these versions, or update @tokenmeter/instrumentation-openai.`,
  ])
})

test.each([
  ['9.9.9', 'openai 9.9.9'],
  [undefined, 'a client that was handed over'],
])('a client without a request path that we know is left alone, which is said once: %s', (version, what) => {
  const told = said()
  const Client = strangerOf(version)
  const before = Object.getOwnPropertyDescriptors(Client.prototype)
  for (let time = 0; time < 2; time++) {
    using _ = watchCalls()
    instrument(new Client())
    instrument(new (strangerOf(version))())
  }
  expect(Object.getOwnPropertyDescriptors(Client.prototype)).toEqual(before)
  expect(told).toEqual([
    `tokenmeter: ${what} is not measured, because its request path is none that Tokenmeter knows. Use openai >=4.20 <8, or update @tokenmeter/instrumentation-openai.`,
  ])
})
