import { beforeAll, describe, expect, test } from 'vitest'
import { type Outcome, type Run, runProgram, scenariosOf } from './harmless/run-program.ts'
import type { Major, Scenario } from './harmless/scenario.ts'
import { withoutQuestions } from './harmless/usage-question.ts'
import { SCENARIOS } from './harmless/scenarios/index.ts'
import { chatCompletion, chatStream, DONE, sse, wireError } from './support/wire-answers.ts'
import type { Answer, WireRequest } from './support/wire-server.ts'

const MAJORS: readonly Major[] = [4, 5, 6, 7]
const SYSTEMS = [
  { system: 'ESM', program: 'program.mjs', watching: 'import' },
  { system: 'CommonJS', program: 'program.cjs', watching: 'require' },
] as const
const RUN_TIMEOUT_MS = 120_000

describe.each(MAJORS.flatMap((major) => SYSTEMS.map((how) => ({ major, ...how }))))(
  'a program that uses openai $major as $system',
  ({ major, program, watching }) => {
    const scenarios = scenariosOf(SCENARIOS, major)
    let bare: Outcome
    let watched: Outcome
    let broken: Outcome
    let unasked: Outcome

    beforeAll(async () => {
      const modes = ['bare', watching, 'broken', 'unasked'] as const
      const runs = modes.map((mode) => runProgram({ major, program, mode, scenarios }))
      ;[bare, watched, broken, unasked] = (await Promise.all(runs)) as [Outcome, Outcome, Outcome, Outcome]
    }, RUN_TIMEOUT_MS)

    test('runs every scenario and ends by itself', () => {
      const ran = new Set(
        linesOf(bare).map((line) => (line.startsWith('{"scenario"') ? JSON.parse(line).scenario : '')),
      )
      expect(scenarios.filter(({ name }) => !ran.has(name))).toEqual([])
      expect(bare.exit).toEqual({ code: 0, signal: null })
    })

    test('prints the same with and without us', () => {
      expect(differences(bare, watched)).toEqual([])
      expect(watched.stderr).toBe(bare.stderr)
      expect(watched.exit).toEqual(bare.exit)
    })

    test('sends the same requests, and closes them as early or late, with and without us', () => {
      expect(unasked.requests).toEqual(bare.requests)
      expect(differences(bare, unasked)).toEqual([])
    })

    test('sends requests that differ in nothing but the question for the usage of a stream', () => {
      expect(withoutQuestions(watched.requests, bare.requests)).toEqual(bare.requests)
    })

    test('is not touched by hooks, processors and instruments that throw', () => {
      expect(differences(bare, broken)).toEqual([])
      expect(broken.stderr).toBe(bare.stderr)
      expect(broken.exit).toEqual(bare.exit)
      expect(withoutQuestions(broken.requests, bare.requests)).toEqual(bare.requests)
    })

    test('has each of its calls recorded once, with how it ended, its attempts and its tokens', () => {
      expect(callsOf(watched, scenarios)).toEqual(expectedCalls(scenarios, major))
      expect(callsOf(broken, scenarios)).toEqual(expectedCalls(scenarios, major))
    })

    test('has one ended span for each tool that the client executed', () => {
      const executed = scenarios.map(({ tools = 0 }) => (typeof tools === 'function' ? tools(major) : tools))
      expect(watched.endedToolSpans).toBe(executed.reduce((sum, count) => sum + count, 0))
    })

    test('has one ended span for each call, and no call from elsewhere', () => {
      expect(watched.endedSpans).toBe(Object.values(watched.calls).flat().length)
      expect(Object.keys(watched.calls)).toEqual(scenarios.map(({ name }) => name))
    })
  },
)

describe.each(MAJORS)('with openai %i', (major) => {
  test(
    'both copies are watched when a program loads the package as ESM and as CommonJS',
    async () => {
      const calls = await runBareAndWatched({ major, program: 'both-systems.mjs' }, chatCompletion())
      expect(calls).toEqual(['chat_completion success 200 1117/342', 'chat_completion success 200 1117/342'])
    },
    RUN_TIMEOUT_MS,
  )

  test(
    'a program dies of a rejection that nobody handles as it would without us',
    async () => {
      const calls = await runBareAndWatched({ major, program: 'dies-of-rejection.mjs' }, wireError(400), 1)
      expect(calls).toEqual(['chat_completion error 400 -'])
    },
    RUN_TIMEOUT_MS,
  )

  test(
    'a program that exits in the middle of a stream keeps its exit code',
    async () => {
      const calls = await runBareAndWatched(
        { major, program: 'exits-in-stream.mjs' },
        chatStream(['Hi'], { after: 'stall' }),
        7,
      )
      expect(calls).toEqual(['chat_completion abandoned 200 -'])
    },
    RUN_TIMEOUT_MS,
  )

  test(
    'a program reads a stream of 100,000 chunks as it would without us',
    async () => {
      const calls = await runBareAndWatched({ major, program: 'reads-long-stream.mjs' }, LONG_STREAM)
      expect(calls).toEqual(['chat_completion success 200 -'])
    },
    RUN_TIMEOUT_MS,
  )

  test(
    'a program that exits while its calls are on their way keeps its exit code, and has a record of each',
    async () => {
      const calls = await runBareAndWatched({ major, program: 'exits-amid-calls.mjs' }, unfinishedAnswer, 7)
      expect(calls).toEqual([
        'chat_completion abandoned - -',
        'chat_completion abandoned 200 -',
        'chat_completion abandoned 503 -',
      ])
    },
    RUN_TIMEOUT_MS,
  )
})

const SMALL_CHUNK = { id: 'chatcmpl-1', choices: [{ index: 0, delta: { content: 'a' }, finish_reason: null }] }

/** 100,000 chunks, some of them in each packet, as on a line that is faster than its reader. */
const LONG_STREAM: Answer = { pieces: [...Array.from({ length: 10_000 }, () => sse(SMALL_CHUNK).repeat(10)), DONE] }

/** What becomes of each call of `exits-amid-calls.mjs`. */
function unfinishedAnswer({ body }: WireRequest): Answer {
  if (body.includes('no headers')) return { silent: true, after: 'stall' }
  return body.includes('no body') ? { body: '{', after: 'stall' } : wireError(503)
}

describe.each(MAJORS.filter((major) => major > 4))('with openai %i, which has a module for Azure', (major) => {
  test.each(SYSTEMS)(
    'a program that loads nothing but openai/azure as $system is watched',
    async ({ program, watching }) => {
      const azureProgram = program.replace('program', 'azure-only')
      const calls = await runBareAndWatched({ major, program: azureProgram, watching }, chatCompletion())
      expect(calls).toEqual(['chat_completion success 200 1117/342'])
    },
    RUN_TIMEOUT_MS,
  )
})

/** What a run recorded of the scenarios that say what is to be recorded: the calls, or how many where that is what they say. */
function callsOf({ calls }: Outcome, scenarios: readonly Scenario[]): Record<string, unknown> {
  const checked = scenarios.filter((scenario) => scenario.calls !== undefined)
  return Object.fromEntries(
    checked.map(({ name, calls: expected }) => [
      name,
      typeof expected === 'number' ? calls[name]?.length : calls[name],
    ]),
  )
}

function expectedCalls(scenarios: readonly Scenario[], major: Major): Record<string, unknown> {
  const checked = scenarios.filter(({ calls }) => calls !== undefined)
  return Object.fromEntries(
    checked.map(({ name, calls = [] }) => {
      const expected = typeof calls === 'function' ? calls(major) : calls
      return [name, typeof expected === 'number' ? expected : expected.toSorted()]
    }),
  )
}

/** Runs a program twice, compares the runs, and returns the calls recorded in the second. */
async function runBareAndWatched(
  { major, program, watching = 'import' }: Pick<Run, 'major' | 'program'> & { readonly watching?: Run['mode'] },
  script: Scenario['script'],
  exitCode = 0,
): Promise<readonly string[] | undefined> {
  const scenarios = [{ name: program, script, run: async () => {} }]
  const modes: readonly Run['mode'][] = ['bare', watching]
  const [bare, watched] = await Promise.all(modes.map((mode) => runProgram({ major, program, mode, scenarios })))
  expect(bare?.exit).toEqual({ code: exitCode, signal: null })
  expect(watched?.exit).toEqual(bare?.exit)
  expect(watched?.stdout).toBe(bare?.stdout)
  expect(withoutFrames(watched?.stderr)).toEqual(withoutFrames(bare?.stderr))
  expect(watched?.requests).toEqual(bare?.requests)
  return watched?.calls[program]
}

/** The first lines in which two runs differ, each beside its counterpart. */
function differences(bare: Outcome, other: Outcome): readonly object[] {
  const [expected, actual] = [linesOf(bare), linesOf(other)]
  const length = Math.max(expected.length, actual.length)
  const pairs = Array.from({ length }, (_, index) => ({ bare: expected[index], other: actual[index] }))
  return pairs.filter((pair) => pair.bare !== pair.other).slice(0, 5)
}

function linesOf({ stdout }: Outcome): string[] {
  return stdout.split('\n')
}

/** Frames of a stack may be ours; everything else may not. */
function withoutFrames(stderr = ''): string[] {
  return stderr.split('\n').filter((line) => !/^\s+at /.test(line))
}
