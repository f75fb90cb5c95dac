import { beforeAll, expect, test } from 'vitest'
import { type Outcome, runProgram } from './harmless/run-program.ts'
import { SCENARIOS } from './harmless/scenarios/index.ts'

/*
 * The comparison of bare and watched programs is worth nothing unless it can fail: here programs run under a careless instrumentation.
 */

const scenarios = SCENARIOS.filter(({ name }) =>
  ['a chat completion', 'an error 400', 'a failing call that is caught leaves no unhandled rejection'].includes(name),
)
const RUN = { major: 7, program: 'program.mjs', scenarios } as const
const RUN_TIMEOUT_MS = 60_000
let bare: Outcome

beforeAll(async () => {
  bare = await runProgram({ ...RUN, mode: 'bare' })
}, RUN_TIMEOUT_MS)

test('two bare runs do not differ', { timeout: RUN_TIMEOUT_MS }, async () => {
  expect(await runProgram({ ...RUN, mode: 'bare' })).toEqual(bare)
})

test.each([
  ['the body read twice', 'stdout'],
  ['a changed header', 'requests'],
  ['a changed error', 'stdout'],
  ['a rejection nobody handles', 'stdout'],
  ['a warning', 'stdout'],
  ['a handle left open', 'stdout'],
] as const)('%s shows in the %s', { timeout: RUN_TIMEOUT_MS }, async (harm, where) => {
  const harmed = await runProgram({ ...RUN, mode: 'harmful', harm })
  expect(harmed[where]).not.toEqual(bare[where])
})
