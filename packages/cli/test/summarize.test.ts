import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { lineOf } from './support/calls.ts'
import { cli } from './support/run-cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const EMBEDDING = { operation: 'embedding', usage: { inputTokens: 8, outputTokens: 0 } } as const
const embedding = (): string => {
  const request = { model: 'text-embedding-3-small', stream: false, parameters: {} }
  return lineOf({
    ...EMBEDDING,
    request: { ...request, inputIsText: true, outputIsText: true },
    cost: undefined,
    unpriced: 'unknown_model',
    attempts: [1, 2].map((endedAfter) => ({ duration: 1, endedAfter })),
    startTime: Date.UTC(2026, 10, 27, 11),
  })
}

interface Json {
  readonly first?: string
  readonly last?: string
  readonly totals: object
  readonly by: Readonly<Record<string, Readonly<Record<string, object>>>>
  readonly otherLines: object
}

const json = ({ stdout }: { readonly stdout: string }): Json => JSON.parse(stdout) as Json

test('a summary is a table with the dearest first, and says what it left out', async () => {
  const path = file('app.log', ['Listening on 3000', lineOf(), embedding(), lineOf(), lineOf().slice(0, -9)].join('\n'))
  expect(await cli(['summarize', path])).toEqual({
    code: 0,
    stderr: '',
    stdout: `3 calls, from 2026-11-27T10:00:01.000Z to 2026-11-27T11:00:01.000Z

model                   calls  input tokens  output tokens       USD  without cost  retries
gpt-4o-mini                 2            20             10  0.000009             0        0
text-embedding-3-small      1             8              0         0             1        1
all                         3            28             10  0.000009             1        1

Not counted: 1 line of others, 1 torn line.
`,
  })
})

test('--by tells calls apart by other fields, several with commas; who has no such field is unknown', async () => {
  const lines = [lineOf({ attribution: { feature: 'search', tenant: 'acme' } }), lineOf()].join('\n')
  const { stdout } = await cli(['summarize', '--by', 'feature, tenant'], lines)
  const rows = stdout.split('\n').map((line) => line.split(/ {2,}/).slice(0, 2).join(' '))
  expect(rows.slice(2, -1)).toEqual([
    'feature calls',
    'search 1',
    'unknown 1',
    'all 2',
    '',
    'tenant calls',
    'acme 1',
    'unknown 1',
    'all 2',
  ])
})

test('--json gives everything, amounts as decimals', async () => {
  const { code, stdout } = await cli(['summarize', '--json'], `${lineOf()}\n${embedding()}\n`)
  expect(code).toBe(0)
  const priced = { calls: 1, inputTokens: 10, outputTokens: 5, usd: '0.0000045', unpriced: 0, retries: 0 }
  const unpriced = { calls: 1, inputTokens: 8, outputTokens: 0, usd: '0', unpriced: 1, retries: 1 }
  const all = { calls: 2, inputTokens: 18, outputTokens: 5, usd: '0.0000045', unpriced: 1, retries: 1 }
  expect(JSON.parse(stdout)).toEqual({
    first: '2026-11-27T10:00:01.000Z',
    last: '2026-11-27T11:00:01.000Z',
    totals: all,
    by: {
      model: { 'gpt-4o-mini': priced, 'text-embedding-3-small': unpriced },
      operation: { chat_completion: priced, embedding: unpriced },
      provider: { openai: all },
      status: { success: all },
      feature: { unknown: all },
      tenant: { unknown: all },
    },
    otherLines: { foreign: 0, torn: 0, newer: 0 },
  })
})

test('files are added up together, packed ones, empty ones and standard input, too', async () => {
  const paths = [file('a.log', lineOf()), file('a.log.1', gzipSync(`${lineOf()}\n`)), file('empty.log', ''), '-']
  const ran = await cli(['summarize', '--json', ...paths], gzipSync(`${lineOf()}\n`))
  expect(json(ran).totals).toMatchObject({ calls: 3, usd: '0.0000135' })
})

test('more than a double can hold is added up exactly', async () => {
  const lines = [lineOf({}, 9_007_199_254_740_993n), lineOf({}, 1n), lineOf({}, 10n ** 25n)].join('\n')
  expect(json(await cli(['summarize', '--json'], lines)).totals).toMatchObject({ usd: '10000000009007.199254740994' })
})

describe('a line counts whatever is around it', () => {
  test.each([
    ['a container before it', `web-1  | ${lineOf()}`],
    ["pino's fields", lineOf().replace('"level":"info"', '"level":30,"time":1795780800000,"pid":7,"hostname":"a"')],
    ['another order and spaces', JSON.stringify(JSON.parse(lineOf()), undefined, ' ').replaceAll('\n', '')],
    ['a carriage return', `${lineOf()}\r`],
    ['the beginning of a line that was torn', `${lineOf().slice(0, 50)}${lineOf()}`],
    ['braces in a name', lineOf({ attribution: { feature: 'a{"b"}' } })],
  ])('%s', async (_, line) => {
    const { totals, otherLines } = json(await cli(['summarize', '--json'], line))
    expect(totals).toMatchObject({ calls: 1, usd: '0.0000045' })
    expect(otherLines).toEqual({ foreign: 0, torn: 0, newer: 0 })
  })
})

const changed = (fields: object): string => JSON.stringify({ ...(JSON.parse(lineOf()) as object), ...fields })

describe('a line is left out and counted', () => {
  test.each([
    ['foreign', 'Listening on 3000'],
    ['foreign', '{"level":"info","msg":"hello"}'],
    ['foreign', 'null'],
    ['foreign', '{"module":"other","note":"\\"module\\":\\"tokenmeter\\""}'],
    ['foreign', `x${'-'.repeat(3_000_000)}`],
    ['torn', lineOf().slice(0, -20)],
    ['torn', changed({ cost_usd: '1e-7' })],
    ['torn', changed({ cost_usd: 0.1 })],
    ['torn', changed({ input_tokens: -1 })],
    ['torn', changed({ schema_version: undefined })],
  ] as const)('as %s: %s', async (kind, line) => {
    const ran = await cli(['summarize', '--json'], `${line}\n${lineOf()}\n`)
    expect(ran.code).toBe(0)
    expect(json(ran).totals).toMatchObject({ calls: 1 })
    expect(json(ran).otherLines).toEqual({ foreign: 0, torn: 0, newer: 0, [kind]: 1 })
  })

  test('as newer, which is a failure', async () => {
    const ran = await cli(['summarize'], `${changed({ schema_version: 2 })}\n${lineOf()}\n`)
    expect(ran.code).toBe(1)
    expect(ran.stdout).toContain('Not counted: 1 line of a later version.')
    expect(ran.stderr).toBe(
      'tokenmeter: 1 line is of a later version than this command knows, and is not counted: install a later one\n',
    )
  })
})

describe('a file that cannot be read is said, the others are added up, and the exit code is 1', () => {
  const good = file('good.log', lineOf())

  test.each([
    ['that is not there', join(folder, 'missing.log'), 'ENOENT'],
    ['that is a directory', folder, 'EISDIR'],
    ['whose packing is cut off', file('cut.gz', gzipSync(lineOf()).subarray(0, -12)), 'unexpected end of file'],
  ])('%s', async (_, path, why) => {
    const { code, stdout, stderr } = await cli(['summarize', '--json', path, good])
    expect(code).toBe(1)
    expect(stderr).toContain(`tokenmeter: ${path} cannot be read to its end: `)
    expect(stderr).toContain(why)
    expect(json({ stdout }).totals).toMatchObject({ usd: '0.0000045' })
  })
})

describe('a command line that is wrong has the exit code 2 and says what is right', () => {
  test.each([
    [['sumarize'], 'there is no command "sumarize"; there is dev, '],
    [['toString'], 'there is no command "toString"'],
    [['summarize'], 'summarize needs a file, or lines on standard input\nSee tokenmeter summarize --help'],
    [['summarize', '--jsn', 'a.log'], "Unknown option '--jsn'"],
    [['summarize', '--by', 'colour', 'a.log'], '--by must be one or more of model, operation, provider, status'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await cli(args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`tokenmeter: ${message}`)
  })
})

test.each([
  [[], 'summarize '],
  [['--help'], 'summarize '],
  [['summarize', '--help'], '--by <fields>'],
])('help: %j', async (args, text) => {
  const { code, stdout } = await cli(args)
  expect(code).toBe(0)
  expect(stdout).toContain(text)
})
