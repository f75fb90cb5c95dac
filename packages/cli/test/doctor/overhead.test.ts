import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readAddresses } from '../../src/doctor/addresses.ts'
import type { Finding } from '../../src/doctor/check.ts'
import { createContext } from '../../src/doctor/context.ts'
import { judgeAdded, overhead } from '../../src/doctor/overhead.ts'
import { type StandIns, startStandIns } from './stand-ins.ts'

const MODULES = fileURLToPath(new URL('../../node_modules/', import.meta.url))
const ADDED = String.raw`a call takes \d+\.\d\d ms longer with`

let standIns: StandIns
let folder: string

/** An application with the real client and the real Tokenmeter. */
beforeEach(async () => {
  standIns = await startStandIns()
  folder = mkdtempSync(join(tmpdir(), 'tokenmeter-doctor-'))
  for (const name of ['openai', '@tokenmeter/node']) {
    mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true })
    symlinkSync(join(MODULES, name), join(folder, 'node_modules', name))
  }
  write('package.json', '{ "type": "module", "scripts": { "start": "node src/app.js" } }')
  write('src/app.js', "import './telemetry.js'\nimport './server.js'\n")
  write('src/server.js', "import OpenAI from 'openai'\nprocess.exit(9)\n")
  setUp('')
})
afterEach(async () => {
  await standIns[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

/** What the start-up file of the application gives to `register()`. */
function setUp(options: string): void {
  write('src/telemetry.js', `import { register } from '@tokenmeter/node'\nregister({ ${options} })\n`)
}

async function measured(env: NodeJS.ProcessEnv = {}, start?: string): Promise<Finding> {
  const context = createContext({
    addresses: readAddresses(standIns.urls, {}),
    env: { NODE_OPTIONS: '--conditions=source', ...env },
    folder,
    nodeVersion: '24.21.0',
    stage: undefined,
    start,
    collectorConfig: [],
    now: new Date('2026-11-28T12:00:00Z'),
    timeZone: 'UTC',
    runId: '0af7651916cd43dd8448eb211c80319c',
    timeoutMs: 30_000,
    patienceMs: 300,
  })
  return await overhead.run(context)
}

test.each([
  [
    0.083,
    512,
    'ok',
    'a call takes 0.08 ms longer with ./first.js: 0.02% of the 512 ms that calls of the application take',
  ],
  [0.083, undefined, 'ok', 'a call takes 0.08 ms longer with ./first.js'],
  [
    0.2,
    2.5,
    'note',
    'a call takes 0.20 ms longer with ./first.js: 8.00% of the 2.5 ms that calls of the application take',
  ],
  [
    1.02,
    512,
    'problem',
    'a call takes 1.02 ms longer with ./first.js: 0.20% of the 512 ms that calls of the application take',
  ],
])('of %d ms, with calls of the application of %d ms, it says: %s', (addedMs, callMs, result, line) => {
  expect(judgeAdded(addedMs, './first.js', callMs)).toMatchObject({ result, line })
})

test('what a call takes longer is told with what calls of the application take, by its page', async () => {
  const [labels, seconds] = ['{model="a",status="success"}', 'ai_request_duration_seconds']
  const body = `${seconds}_sum${labels} 2\n${seconds}_count${labels} 4\n`
  standIns.answers.application['/metrics'] = { type: 'text/plain', body }
  const { line } = await measured()
  expect(line).toMatch(
    new RegExp(`^${ADDED} ./src/telemetry.js: \\d+.\\d\\d% of the 500 ms that calls of the application take$`),
  )
})

test('a hook of the application that blocks is a problem', async () => {
  setUp('onCall: () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)')
  expect(await measured()).toEqual({
    result: 'problem',
    line: expect.stringMatching(`^${ADDED} \\./src/telemetry\\.js$`) as string,
    cure: expect.stringContaining('an onCall or a hook that blocks') as string,
  })
})

test('a span processor that blocks in a file that the command loads first is a problem', async () => {
  write(
    'src/first.cjs',
    `require('@tokenmeter/node').register()
    const { trace } = require(require.resolve('@opentelemetry/api', { paths: [require.resolve('@tokenmeter/node')] }))
    const tracer = trace.getTracerProvider().getDelegate().getTracer('x')
    const prototype = Object.getPrototypeOf(tracer.startSpan('x'))
    const { end } = prototype
    prototype.end = function (...args) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
      return end.apply(this, args)
    }`,
  )
  const found = await measured({}, 'node -r ./src/first.cjs src/app.js')
  expect(found).toMatchObject({ result: 'problem', line: expect.stringMatching(`^${ADDED} \\./src/first\\.cjs$`) })
})

describe('what is loaded before the calls', () => {
  test.each([
    ['what NODE_OPTIONS load', { NODE_OPTIONS: '--conditions=source --import @tokenmeter/node/register' }, undefined],
    ['what the command loads', {}, 'node --import=@tokenmeter/node/register src/server.js'],
    ['Tokenmeter as it is, where the application itself registers it', {}, 'node src/whole.js'],
  ])('is %s', async (_what, env, start) => {
    write('src/whole.js', "import { register } from '@tokenmeter/node'\nregister()\nprocess.exit(9)\n")
    const found = await measured(env, start)
    expect(found.line).toMatch(new RegExp(`^${ADDED} @tokenmeter/node/register$`))
  })
})

test('calls that nobody made are in nobody’s numbers', async () => {
  const log = join(folder, 'calls.jsonl')
  write(
    'budgets.json',
    '{ "store": "memory", "budgets": [{ "name": "all", "limitUsd": "0.000000000001", "period": "month", "mode": "block" }] }',
  )
  const found = await measured({
    OTEL_EXPORTER_OTLP_ENDPOINT: standIns.urls.otlp,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${standIns.urls.otlp}/v1/traces`,
    OTEL_BSP_SCHEDULE_DELAY: '1',
    TOKENMETER_LOG_FILE: log,
    TOKENMETER_BUDGETS: join(folder, 'budgets.json'),
  })
  expect(found.line).toMatch(new RegExp(`^${ADDED}`))
  expect(standIns.asked.filter(({ server }) => server === 'otlp')).toEqual([])
  expect(existsSync(log)).toBe(false)
})

test.each(['openai', '@tokenmeter/node'])('without %s there is nothing to measure', async (name) => {
  rmSync(join(folder, 'node_modules', name))
  expect(await measured()).toEqual({ result: 'skipped', line: `${name} is not installed in this folder` })
})

test('a set-up that cannot be loaded cannot be measured', async () => {
  write('src/telemetry.js', "import '@tokenmeter/node'\nthrow new Error('no')\n")
  expect(await measured()).toEqual({
    result: 'skipped',
    line: expect.stringMatching(/^a process with \.\/src\/telemetry\.js ends with 1: Error: no$/) as string,
  })
})

test('a set-up in which calls fail cannot be measured', async () => {
  write('src/telemetry.js', "import '@tokenmeter/node'\nglobalThis.Response = class {}\n")
  expect(await measured()).toEqual({
    result: 'skipped',
    line: expect.stringMatching(/^a process with \.\/src\/telemetry\.js ends with 1: \w*Error/) as string,
  })
})
