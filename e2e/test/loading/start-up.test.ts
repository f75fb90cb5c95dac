import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Ending, inProject, runNode } from './application.ts'
import { startProvider } from './provider.ts'

/** Runs an application of this folder with Tokenmeter preloaded. */
async function runRegistered(...args: readonly string[]): Promise<Ending> {
  await using provider = await startProvider()
  return await runNode(['--import', '@tokenmeter/node/register', ...args], provider)
}

/** What every call needs beyond what a start does. */
const FOR_CALLS = ['instrumentation-openai call', 'meter call', 'pricing index']

test('a start loads neither prices nor what calls are read with; the first call does; a stream needs nothing more', async () => {
  const { stdout, stderr } = await runRegistered('loads.cjs')
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual({
    atStart: [
      'instrumentation-openai start-up',
      'instrumentation-openai watch',
      'meter index',
      'meter rolldown-runtime',
      'meter start-up',
      'node register',
      'node registration',
    ],
    byCall: FOR_CALLS,
    byStream: [],
  })
})

test('what the first call needs is loaded while a process waits for it', async () => {
  expect(await runRegistered('waits.cjs')).toEqual({ stdout: `${JSON.stringify(FOR_CALLS)}\n`, stderr: '' })
})

test('a process that has nothing to do is not kept for that', async () => {
  expect(await runRegistered('ends.cjs')).toEqual({ stdout: '[]\n', stderr: '' })
})

test('prices of a setting are read at the start: what is wrong with them is said without a call', async () => {
  await using provider = await startProvider()
  const file = inProject('wrong-prices.json')
  const price = { provider: 'openai', models: 'gpt-4o-mini', rates: { input: '1' }, date: '2026-11-24' }
  writeFileSync(file, JSON.stringify({ prices: [price] }))
  const args = ['--import', '@tokenmeter/node/register', 'ends.cjs']
  const { stdout, stderr } = await runNode(args, provider, { TOKENMETER_PRICES: file })
  expect(stderr).toBe(
    `tokenmeter: prices: TOKENMETER_PRICES: ${file} cannot be used: prices[0].models must be a list of texts that is not empty, such as ["gpt-4o"], got "gpt-4o-mini"; going on with nothing\n`,
  )
  expect(stdout).toBe('[]\n')
})

test('where files of ours are gone before the first call, the application gets its answer, and one line tells why nothing is measured', async () => {
  await using provider = await startProvider()
  const args = ['--import', '@tokenmeter/node/register', '--import', './gone.cjs', 'hidden.js']
  expect(await runNode(args, provider, { TOKENMETER_SCRUB: 'off' })).toEqual({
    stdout: 'On its way. undefined\n',
    stderr:
      'tokenmeter: watching a request failed and was skipped; the application is not affected (Error) it is gone\n',
  })
})
