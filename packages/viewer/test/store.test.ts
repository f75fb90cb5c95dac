import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { AI_ATTRIBUTE, AI_EVENT, ATTRIBUTE } from '@tokenmeter/meter'
import { expect, test } from 'vitest'
import { MalformedOtlpError } from '../src/otlp/telemetry.ts'
import { SchemaVersionError } from '../src/store/schema.ts'
import { Store } from '../src/store/store.ts'
import { openStore, temporaryFolder } from './support/open-store.ts'
import { callSpan, exportOf, hexId, jsonAttributes, plainSpan, START } from './support/telemetry.ts'

const HOUR = { from: START - 3_600_000, to: START + 3_600_000 }

test('calls are listed newest first, page by page', async () => {
  await using store = await openStore()
  const spans = Array.from({ length: 5 }, (_, index) =>
    callSpan({ spanId: hexId(16, index + 1), start: START + index, cost: 0.0047 }),
  )
  await store.take(exportOf(spans))
  const first = await store.query('calls', {}, 3)
  const second = await store.query('calls', {}, 3, first.next)
  expect(first.calls.map(({ start }) => start - START)).toEqual([4, 3, 2])
  expect(second.calls.map(({ start }) => start - START)).toEqual([1, 0])
  expect(second.next).toBeUndefined()
  expect(first.calls[0]).toMatchObject({ model: 'gpt-4o-mini', service: 'desk', cost: '0.0047', duration: 0.5 })
})

test('a batch that is sent twice is stored once', async () => {
  await using store = await openStore()
  const batch = exportOf([callSpan({ cost: 0.5, input: 100 })])
  await store.take(batch)
  await store.take(batch)
  expect(await store.query('totals', { range: HOUR })).toMatchObject({ calls: 1, cost: '0.5', inputTokens: 100 })
  expect(await store.query('status')).toMatchObject({
    calls: { kept: 1, received: 1 },
    spans: { kept: 1, received: 1 },
  })
})

const numberedCall = (number: number) => callSpan({ spanId: hexId(16, number), cost: number })

test('spans that come late, or twice, belong to their trace once, whether or not it was known before', async () => {
  await using store = await openStore()
  const [one, two, three] = [numberedCall(1), numberedCall(2), numberedCall(3)]
  const other = callSpan({ traceId: hexId(32, 2), spanId: hexId(16, 1), cost: 10 })
  await Promise.all([
    store.take(exportOf([one, one, other])),
    store.take(exportOf([two, one])),
    store.take(exportOf([other, two])),
  ])
  await store.take(exportOf([three, two]))
  const trace = await store.query('trace', hexId(32, 1))
  expect(trace?.tree.map(({ spanId }) => spanId)).toEqual([1, 2, 3].map((number) => hexId(16, number)))
  expect(await store.query('traces', HOUR, 10)).toMatchObject([
    { traceId: hexId(32, 2), spans: 1, cost: '10' },
    { traceId: hexId(32, 1), spans: 3, cost: '6' },
  ])
})

test('costs add up to the last digit', async () => {
  await using store = await openStore()
  const costs = [0.1, 0.2, 0.000000000001, 1999.999999999999]
  await store.take(exportOf(costs.map((cost, index) => callSpan({ spanId: hexId(16, index + 1), cost }))))
  expect((await store.query('totals', { range: HOUR })).cost).toBe('2000.3')
})

test('a filter finds calls by model, status, cost, user and words', async () => {
  await using store = await openStore()
  const content = '[{"role":"user","parts":[{"type":"text","content":"Where is my parcel? 包裹在哪里"}]}]'
  await store.take(
    exportOf([
      callSpan({ spanId: hexId(16, 1), model: 'gpt-4o', cost: 0.02, attributes: { [AI_ATTRIBUTE.user]: 'u42' } }),
      callSpan({
        spanId: hexId(16, 2),
        model: 'gpt-4o-mini',
        cost: 0.001,
        attributes: { [ATTRIBUTE.genAiInputMessages]: content },
      }),
      callSpan({ spanId: hexId(16, 3), model: 'o4-mini', status: 'rate_limit' }),
      callSpan({
        spanId: hexId(16, 4),
        model: 'o4-mini',
        status: 'error',
        attributes: { [ATTRIBUTE.errorType]: 'invalid_value' },
      }),
    ]),
  )
  const found = async (filter: string): Promise<readonly string[]> =>
    (await store.query('calls', { filter }, 10)).calls.map(({ spanId }) => spanId.at(-1) ?? '').toSorted()
  expect(await found('model:gpt-*')).toEqual(['1', '2'])
  expect(await found('-model:gpt-*')).toEqual(['3', '4'])
  expect(await found('model:gpt-4o')).toEqual(['1'])
  expect(await found('error:429')).toEqual(['3'])
  expect(await found('error:*')).toEqual(['3', '4'])
  expect(await found('error:invalid_value')).toEqual(['4'])
  expect(await found('cost>0.01')).toEqual(['1'])
  expect(await found('user:u42 model:gpt-*')).toEqual(['1'])
  expect(await found('user:none')).toEqual(['2', '3', '4'])
  expect(await found('parcel')).toEqual(['2'])
  expect(await found('包裹在')).toEqual(['2'])
  expect(await found('包裹')).toEqual(['2'])
})

test('a filter that makes no sense is refused by its part', async () => {
  await using store = await openStore()
  await expect(store.query('calls', { filter: 'modell:gpt-4o' }, 10)).rejects.toThrow(
    'There is no field modell; there is status,',
  )
  await expect(store.query('calls', { filter: 'cost>much' }, 10)).rejects.toThrow(
    'cost is compared with a number, as in cost>1, not with "much"',
  )
  await expect(store.query('calls', { filter: 'status:fine' }, 10)).rejects.toThrow(
    'There is no status fine; there is success, error, rate_limit, cancelled',
  )
})

test('what is rolled up by minute is what the calls add up to', async () => {
  await using store = await openStore()
  const spans = Array.from({ length: 60 }, (_, index) =>
    callSpan({
      spanId: hexId(16, index + 1),
      start: START + index * 7000,
      model: index % 3 === 0 ? 'gpt-4o' : 'gpt-4o-mini',
      cost: 0.001 * (index + 1),
      input: index,
      output: 2 * index,
      durationMs: 10 * (index + 1),
    }),
  )
  await store.take(exportOf(spans))
  const { p50: _, p95: __, p99: ___, ...rolledUp } = await store.query('totals', { range: HOUR })
  const { p50, p95, p99, ...filtered } = await store.query('totals', { range: HOUR, filter: 'status:success' })
  expect(rolledUp).toEqual(filtered)
  expect(rolledUp).toMatchObject({ calls: 60, cost: '1.83', inputTokens: 1770, outputTokens: 3540 })
  expect(p50).toBeCloseTo(0.3, 2)
  expect(p95).toBeCloseTo(0.57, 2)
  expect(p99).toBeCloseTo(0.6, 2)
  const byModel = await store.query('breakdown', 'model', HOUR, 10)
  expect(byModel.map(({ value, calls }) => [value, calls])).toEqual([
    ['gpt-4o-mini', 40],
    ['gpt-4o', 20],
  ])
  const steps = await store.query('series', 'all', HOUR, 5)
  expect(steps.map(({ calls }) => calls).reduce((sum, calls) => sum + calls, 0)).toBe(60)
})

function attempt(status: number): unknown {
  const attributes = jsonAttributes({ [AI_ATTRIBUTE.httpStatus]: status })
  return { name: AI_EVENT.attempt, timeUnixNano: `${START}000000`, attributes }
}

test('a trace has its spans in order, its calls, and their sums', async () => {
  await using store = await openStore()
  await store.take(
    exportOf([
      callSpan({
        spanId: hexId(16, 2),
        parentSpanId: hexId(16, 9),
        start: START + 10,
        cost: 0.25,
        input: 7,
        output: 3,
        events: [attempt(429), attempt(200)],
        attributes: { [AI_ATTRIBUTE.attempts]: 2 },
      }),
    ]),
  )
  await store.take(exportOf([plainSpan({ name: 'POST /ask' })]))
  const trace = await store.query('trace', hexId(32, 1))
  expect(trace).toMatchObject({
    name: 'POST /ask',
    spans: 2,
    calls: 1,
    errors: 0,
    cost: '0.25',
    inputTokens: 7,
  })
  expect(trace?.tree.map(({ name, role }) => [name, role])).toEqual([
    ['POST /ask', 'other'],
    ['chat gpt-4o-mini', 'call'],
  ])
  expect(trace?.tree[1]?.call).toMatchObject({ model: 'gpt-4o-mini', cost: '0.25', inputTokens: 7 })
  expect(await store.query('call', trace?.tree[1]?.id ?? 0)).toMatchObject({ attempts: 2, rateLimitHits: 1 })
  const body = await store.query('body', trace?.tree[1]?.id ?? 0)
  expect(body?.events?.map(({ attributes }) => attributes)).toEqual([
    { [AI_ATTRIBUTE.httpStatus]: 429 },
    { [AI_ATTRIBUTE.httpStatus]: 200 },
  ])
  expect(body).toMatchObject({ resource: { 'service.name': 'desk' }, scope: 'a-library@1.0.0' })
})

test('spans without ids are told to their sender, and the others are stored', async () => {
  await using store = await openStore()
  const partial = await store.take(exportOf([callSpan(), callSpan({ traceId: hexId(32, 0) })]))
  expect(partial).toEqual({ rejected: 1, message: '1 of 2 spans have no valid trace id, span id or time' })
  expect((await store.query('calls', {}, 10)).calls).toHaveLength(1)
})

test('an export that is none is refused, and the store goes on', async () => {
  await using store = await openStore()
  const body = Uint8Array.from([0xff, 0xff])
  await expect(store.take({ signal: 'traces', format: 'protobuf', body })).rejects.toBeInstanceOf(MalformedOtlpError)
  await store.take(exportOf([callSpan()]))
  expect((await store.query('calls', {}, 10)).calls).toHaveLength(1)
})

test('a file is for its owner only, and what was acknowledged is there after kill -9', async () => {
  using folder = temporaryFolder()
  const file = folder.path('calls.sqlite')
  const program = `
    import { Store } from ${JSON.stringify(new URL('../src/store/store.ts', import.meta.url).href)}
    const store = await Store.open({ file: ${JSON.stringify(file)} })
    await store.take({ signal: 'traces', format: 'json', body: new TextEncoder().encode(process.argv.at(-1)) })
    console.log('acknowledged')
    setInterval(() => undefined, 1000)
  `
  const script = folder.path('program.mjs')
  writeFileSync(script, program)
  const json = new TextDecoder().decode(exportOf([callSpan({ cost: 0.5 })]).body)
  const child = spawn(process.execPath, ['--conditions=source', script, json], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  await using store = await openStore({ file })
  expect(await store.query('totals', { range: HOUR })).toMatchObject({ calls: 1, cost: '0.5' })
})

/** Version 3 had indexes of all ids. */
const BACK_TO_VERSION_3 = `
  DROP TABLE runs;
  DROP TABLE span_ids;
  DROP TABLE recent_trace_keys;
  DROP TABLE trace_keys;
  DROP TABLE trace_segments;
  CREATE UNIQUE INDEX old_trace_ids ON traces (trace_id);
  CREATE UNIQUE INDEX old_span_ids ON spans (trace, span_id);
  PRAGMA user_version = 3;
`

/** Version 2 had a row for each bucket, and no sums of durations. */
const BACK_TO_VERSION_2 = `
  ${BACK_TO_VERSION_3}
  ALTER TABLE rollups DROP COLUMN duration;
  DROP TABLE sketches;
  CREATE TABLE sketches (
    width INTEGER, minute INTEGER, dimension INTEGER, value INTEGER, measure INTEGER, bucket INTEGER, count INTEGER,
    PRIMARY KEY (width, dimension, measure, minute, value, bucket)
  ) WITHOUT ROWID;
  INSERT INTO sketches VALUES (1, 29000000, 0, 0, 0, 12, 1), (15, 29000000, 0, 0, 0, 12, 1);
  PRAGMA user_version = 2;
`

/** What version 1 did not have: sums of quarters of an hour, and of sessions. */
const BACK_TO_VERSION_1 = `
  ${BACK_TO_VERSION_2}
  CREATE TABLE old_rollups AS SELECT * FROM rollups WHERE width = 1;
  CREATE TABLE old_sketches AS SELECT * FROM sketches WHERE width = 1;
  ALTER TABLE old_rollups DROP COLUMN width;
  ALTER TABLE old_sketches DROP COLUMN width;
  DROP TABLE rollups;
  DROP TABLE sketches;
  DROP TABLE sessions;
  ALTER TABLE old_rollups RENAME TO rollups;
  ALTER TABLE old_sketches RENAME TO sketches;
  PRAGMA user_version = 1;
`

test.each([
  ['1', BACK_TO_VERSION_1],
  ['2', BACK_TO_VERSION_2],
  ['3', BACK_TO_VERSION_3],
])('a file of version %s is led on, with its sums, sessions and traces', async (_version, backToVersion) => {
  using folder = temporaryFolder()
  const file = folder.path('calls.sqlite')
  const session = { [AI_ATTRIBUTE.session]: 's1' }
  const spans = [0, 20, 40].map((minutes, index) =>
    callSpan({ spanId: hexId(16, index + 1), start: START + minutes * 60_000, cost: 0.5, attributes: session }),
  )
  const ask = async (): Promise<readonly unknown[]> => {
    await using store = await openStore({ file })
    if ((await store.query('status')).calls.kept === 0) await store.take(exportOf(spans))
    const series = await store.query('series', 'model', { from: START, to: START + 3_600_000 }, 15)
    const percentiles = await store.query('percentiles', 'model', 'duration', HOUR, 15)
    const [sums, sessions] = [await store.query('totals', { range: HOUR }), await store.query('sessions', HOUR, 10)]
    return [sums, sessions, series, percentiles, await store.query('trace', hexId(32, 1))]
  }
  const before = await ask()
  const old = new DatabaseSync(file)
  old.exec(backToVersion)
  old.close()
  expect(await ask()).toEqual(before)
  expect(before[0]).toMatchObject({ calls: 3, cost: '1.5' })
  expect(before[1]).toMatchObject([{ session: 's1', calls: 3 }])
  await using store = await openStore({ file })
  await store.take(exportOf(spans))
  expect((await store.query('status')).calls).toEqual({ kept: 3, received: 3 })
})

test('a file of another version is refused, with what to do', async () => {
  using folder = temporaryFolder()
  const file = folder.path('calls.sqlite')
  const foreign = new DatabaseSync(file)
  foreign.exec('CREATE TABLE t (a); PRAGMA user_version = 7')
  foreign.close()
  const opening = Store.open({ file })
  await expect(opening).rejects.toBeInstanceOf(SchemaVersionError)
  await expect(opening).rejects.toThrow('Delete it, or choose another file')
})

test('after clearing there is nothing, and it fills again', async () => {
  await using store = await openStore()
  await store.take(exportOf([callSpan({ cost: 1 })]))
  await store.clear()
  expect(await store.query('status')).toMatchObject({ calls: { kept: 0, received: 0 }, oldest: null })
  await store.take(exportOf([callSpan({ cost: 2 })]))
  expect((await store.query('calls', {}, 10)).calls[0]).toMatchObject({ cost: '2', model: 'gpt-4o-mini' })
})

test('two processes may have one file open: what one removes the other does not refer to', async () => {
  using folder = temporaryFolder()
  const file = folder.path('calls.sqlite')
  await using first = await openStore({ file })
  await using second = await openStore({ file })
  await first.take(exportOf([callSpan({ spanId: hexId(16, 1), cost: 1 })]))
  await second.take(exportOf([callSpan({ spanId: hexId(16, 2), cost: 2, model: 'o4-mini' })]))
  await second.clear()
  await first.take(exportOf([callSpan({ spanId: hexId(16, 3), cost: 4 })]))
  expect((await second.query('calls', {}, 10)).calls).toMatchObject([
    { cost: '4', model: 'gpt-4o-mini', service: 'desk' },
  ])
})
