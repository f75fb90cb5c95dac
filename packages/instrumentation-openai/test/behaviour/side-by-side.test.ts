import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { toolCalls } from '../support/tool-calls.ts'
import { chatCompletion, chatStream, CHAT_USAGE, wireError } from '../support/wire-answers.ts'
import { type Answer, wireServer } from '../support/wire-server.ts'

const PROGRAM = fileURLToPath(new URL('programs/side-by-side.mjs', import.meta.url))
const OSLO = { id: 'call_1', name: 'weather', args: { city: 'Oslo' } }

/** What the server answers to the steps of the program, in their order. */
const SCRIPT: readonly Answer[] = [
  chatCompletion(),
  chatStream(['Sun', 'ny'], { usage: CHAT_USAGE }),
  wireError(400),
  toolCalls(OSLO),
  ...Array.from({ length: 6 }, () => chatCompletion()),
]

/** Runs the program, and returns what it printed. */
async function reportOf(environment: Readonly<Record<string, string>>): Promise<unknown> {
  await using wire = await wireServer(SCRIPT)
  const child = spawn(process.execPath, ['--conditions=source', PROGRAM], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], WIRE_URL: wire.url, ...environment },
  })
  const report: unknown = JSON.parse(await text(child.stdout))
  expect(wire.requests).toHaveLength(SCRIPT.length)
  return report
}

/** The report where a call has the spans `both`, `ours` without the other vendor, and `theirs` without us. */
function expectedReport(both: readonly string[], ours: readonly string[], theirs: readonly string[]): object {
  const hello = 'Hello, world'
  return {
    chat: { got: hello, spans: both },
    stream: { got: 'Sunny', spans: both },
    error: { got: 'BadRequestError', spans: both },
    runTools: { got: [hello, 'Oslo'], spans: [...both, '- > execute_tool weather', ...both] },
    'without theirs': { got: hello, spans: ours },
    'without both': { got: hello, spans: ours === both ? theirs : [] },
    'both again': { got: hello, spans: both },
    'without ours': { got: hello, spans: theirs },
    'ours again': { got: hello, spans: both },
    requests: {
      'gpt-4o-mini chat_completion openai success': 7,
      'gpt-4o-mini chat_completion openai error': 1,
      'gpt-4o-mini chat_completion openai rate_limit': 0,
      'gpt-4o-mini chat_completion openai cancelled': 0,
    },
    // Seven times 0.00029595 USD.
    cost: { 'gpt-4o-mini chat_completion openai': 0.002_071_65 },
  }
}

const ASKED = '- > chat gpt-4o-mini'
const ASKED_BELOW = 'chat gpt-4o-mini > chat gpt-4o-mini'

describe.each(['ours theirs', 'theirs ours'])('registered as %s', (ORDER) => {
  // That instrumentation patches `create` of openai below 7.
  test.each(['openai-v4', 'openai-v5', 'openai-v6'])(
    "a call of %s has a span of OpenTelemetry's instrumentation and one of ours below it, and one cost",
    async (MODULE) => {
      const expected = expectedReport([ASKED, ASKED_BELOW], [ASKED], [ASKED])
      expect(await reportOf({ MODULE, ORDER, VENDOR: 'opentelemetry' })).toEqual(expected)
    },
  )

  test("a call of openai 7, which OpenTelemetry's instrumentation leaves alone, has one span of ours and one cost", async () => {
    const expected = { ...expectedReport([ASKED], [ASKED], []) }
    expect(await reportOf({ MODULE: 'openai', ORDER, VENDOR: 'opentelemetry' })).toEqual(expected)
  })
})

test.each(['openai-v4', 'openai-v5', 'openai-v6', 'openai'])(
  'a call of %s through a client that Langfuse has wrapped has their span and ours, and one cost',
  async (MODULE) => {
    const generation = '- > OpenAI.chat'
    const both = [generation, ASKED]
    const run = MODULE === 'openai-v4' ? '- > OpenAI.beta' : generation
    expect(await reportOf({ MODULE, ORDER: 'ours', VENDOR: 'langfuse' })).toEqual({
      ...expectedReport(both, both, [generation]),
      // The run is one generation of theirs.
      runTools: { got: ['Hello, world', 'Oslo'], spans: [run, ASKED, '- > execute_tool weather', ASKED] },
    })
  },
)
