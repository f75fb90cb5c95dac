import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startViewer } from '@tokenmeter/viewer'
import { expect, test } from 'vitest'
import type { Report } from '../src/report/report.ts'
import { type Told, tell } from './support/traffic.ts'
import { cli } from './support/run-cli.ts'

/*
 * Prices of OpenAI's list, USD a million tokens (input, cached, output): gpt-4o 2.5, 1.25, 10; gpt-4o-mini 0.15, 0.075, 0.6. A batch costs half.
 */

async function reportOn(calls: readonly Told[], ...args: readonly string[]): Promise<Report> {
  await using viewer = await startViewer({ port: 0 })
  await tell(viewer, calls)
  const { code, stdout, stderr } = await cli(['report', '--url', viewer.url, '--format', 'json', ...args])
  expect([code, stderr]).toEqual([0, ''])
  return JSON.parse(stdout) as Report
}

type Brief = readonly [kind: string, count: number, savedUsd: string, certainty: string]

const brief = ({ suggestions }: Report): readonly Brief[] =>
  suggestions.map(({ kind, count, savedUsd, certainty }) => [kind, count, savedUsd, certainty])

const times = <Item>(count: number, item: Item): readonly Item[] => Array.from({ length: count }, () => item)

/** 1,000 tokens in and 1,000 out of gpt-4o: long answers, so that only what a test is about is suggested. */
const LONG = { input: 1000, output: 1000, cost: 0.0125 }

test('spenders are listed with the dearest first, and sums are exact', async () => {
  const report = await reportOn([
    { ...LONG, feature: 'search', user: 'u1' },
    { ...LONG, feature: 'search', user: 'u2', cost: 0.1 },
    { ...LONG, feature: 'returns', user: 'u2', cost: 0.2 },
    { model: 'in-house', input: 1, output: 1, feature: 'returns', attributes: { 'ai.unpriced': 'unknown_model' } },
  ])
  expect(report).toMatchObject({ calls: 4, usd: '0.3125', unpriced: 1, withContent: 0 })
  expect(report.spenders.feature).toEqual([
    { name: 'returns', calls: 2, usd: '0.2', unpriced: 1 },
    { name: 'search', calls: 2, usd: '0.1125', unpriced: 0 },
  ])
  expect(report.spenders.user.map(({ name, usd }) => [name, usd])).toEqual([
    ['u2', '0.3'],
    ['u1', '0.0125'],
  ])
  expect(report.suggestions).toEqual([])
})

test('prompts that were asked again would have cost nothing the second time', async () => {
  const asked = { ...LONG, prompt: 'What are the opening hours?' }
  const report = await reportOn([
    asked,
    asked,
    asked,
    { ...asked, prompt: 'And on Sunday?' },
    { ...asked, model: 'gpt-4.1' },
  ])
  expect(brief(report)).toEqual([['repeated_prompts', 2, '0.025', 'estimate']])
  expect(report.suggestions[0]?.evidence).toBe('2 calls asked what had been asked before, word for word: 1 prompt.')
})

test('with temperature 0 that is exact', async () => {
  const asked = { ...LONG, prompt: 'What are the opening hours?', attributes: { 'gen_ai.request.temperature': 0 } }
  expect(brief(await reportOn([asked, asked]))).toEqual([['repeated_prompts', 1, '0.0125', 'exact']])
})

/** 8,000 characters, all but the last few the same. */
const longPrompt = (end: string): string => `${'You are the support desk of a shop. '.repeat(222)}${end}`

const longCall = (end: string, cached: number): Told => ({
  input: 2000,
  output: 1000,
  cost: 0.015,
  prompt: longPrompt(end),
  cached,
  feature: 'desk',
})

test('a common beginning that is not cached would have cost half', async () => {
  const report = await reportOn([longCall('a?', 0), longCall('b?', 0), longCall('c?', 0), longCall('d?', 1920)])
  // The second and the third: 1,920 tokens, a multiple of 128, at 2.5 - 1.25 USD a million.
  expect(brief(report)).toEqual([['stable_prefix', 2, '0.0048', 'estimate']])
})

test('short answers of a dear model would have cost a sixteenth with its sibling', async () => {
  const short = { input: 1000, output: 100, cost: 0.0035, feature: 'triage' }
  const report = await reportOn(times(4, short))
  // 1,000 at 2.5 and 100 at 10 are 0.0035; at 0.15 and 0.6 they are 0.00021.
  expect(brief(report)).toEqual([['dear_model', 4, '0.01316', 'guess']])
  expect(report.suggestions[0]?.advice).toBe('Try gpt-4o-mini for triage · chat_completion, which gpt-4o does today.')
})

test('answers that broke off, and streams that were left, were paid for', async () => {
  const report = await reportOn([
    { ...LONG, attributes: { 'gen_ai.response.finish_reasons': 'length' } },
    { ...LONG, status: 'cancelled', cost: 0.5 },
    {
      ...LONG,
      status: 'cancelled',
      cost: undefined,
      attributes: {
        'ai.usage.source': 'estimated',
        'ai.estimate.input_tokens': 1000,
        'ai.estimate.output_tokens': 50,
      },
    },
  ])
  expect(brief(report)).toEqual([
    // 0.5 as told, and 1,000 at 2.5 and 50 at 10 by the estimate.
    ['abandoned_streams', 2, '0.503', 'estimate'],
    ['truncated_output', 1, '0.0125', 'estimate'],
  ])
  expect(report.waste).toEqual({ failedUsd: '0', leftUsd: '0.5', truncatedUsd: '0.0125' })
})

test('refused attempts cost time and no money', async () => {
  const report = await reportOn([
    { ...LONG, refused: [0.5, 1.5] },
    { status: 'rate_limit', refused: [2, 4] },
  ])
  expect(brief(report)).toEqual([['rate_limits', 2, '0', 'exact']])
  expect(report.suggestions[0]?.evidence).toBe('4 attempts refused with 429 in 2 calls, 8.0 s waited, 1 call given up.')
})

test('calls in bulk for nobody who waits would have cost half in a batch', async () => {
  const bulk: Told = { ...LONG, feature: 'summaries', user: '' }
  expect(brief(await reportOn(times(10, bulk)))).toEqual([['batchable', 10, '0.0625', 'guess']])
  expect(brief(await reportOn(times(9, bulk)))).toEqual([])
  expect(brief(await reportOn(times(10, { ...bulk, attributes: { 'gen_ai.request.stream': true } })))).toEqual([])
})

test('a filter and a time choose the calls', async () => {
  const calls = [{ ...LONG, model: 'gpt-4.1', cost: 1 }, LONG, { ...LONG, ago: 2 * 3_600_000 }]
  expect(await reportOn(calls, '--filter', 'model:gpt-4.1')).toMatchObject({ calls: 1, usd: '1' })
  expect(await reportOn(calls)).toMatchObject({ calls: 2, usd: '1.0125' })
  expect(await reportOn(calls, '--since', '3h')).toMatchObject({ calls: 3, usd: '1.025' })
})

test('all calls of a time are in it, on however many pages they are, and each once', async () => {
  await using viewer = await startViewer({ port: 0 })
  const asked = { ...LONG, cost: 0.000_001, prompt: 'What are the opening hours?', ago: 60_000 }
  for (let batch = 0; batch < 21; batch += 1) await tell(viewer, times(1000, { ...asked, user: `u${batch}` }))
  const { stdout } = await cli(['report', '--url', viewer.url, '--format', 'json'])
  const report = JSON.parse(stdout) as Report
  expect(report).toMatchObject({ calls: 21_000, usd: '0.021', withContent: 21_000 })
  expect(report.spenders.user[0]).toMatchObject({ calls: 1000, usd: '0.001' })
  expect(brief(report)[0]).toEqual(['repeated_prompts', 20_999, '0.020999', 'estimate'])
})

test('the same as Markdown and as one page; names in it are text', async () => {
  await using viewer = await startViewer({ port: 0 })
  const feature = '<script>alert(1)</script> | *bold*'
  await tell(viewer, [{ ...LONG, feature, attributes: { 'gen_ai.response.finish_reasons': 'length' } }])
  const show = async (format: string): Promise<string> =>
    (await cli(['report', '--url', viewer.url, '--format', format])).stdout
  const markdown = await show('md')
  expect(markdown).toContain('| \\<script\\>alert(1)\\</script\\> \\| \\*bold\\* | 1 | 0.0125 | 0 |')
  expect(markdown).toContain('### Would have saved 0.0125 USD (an estimate)')
  const html = await show('html')
  expect(html).not.toContain('<script')
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; | *bold*')
})

test('without a viewer, the file that one has written is read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-cli-'))
  try {
    const file = join(folder, 'calls.sqlite')
    const viewer = await startViewer({ port: 0, file })
    await tell(viewer, [LONG])
    await viewer.close()
    const { stdout } = await cli(['report', '--file', file, '--format', 'json'])
    expect(JSON.parse(stdout)).toMatchObject({ calls: 1, usd: '0.0125' })
    const missing = await cli(['report', '--file', join(folder, 'none.sqlite')])
    expect([missing.code, missing.stderr]).toEqual([
      2,
      expect.stringContaining('none.sqlite; see tokenmeter dev --help'),
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.each([
  [['report', '--since', 'yesterday'], '--since must be a time like 90m, 12h or 7d, got "yesterday"'],
  [['report', '--format', 'pdf'], '--format must be one of md, json, html, got "pdf"'],
])('%j is refused', async (args, message) => {
  const { code, stderr } = await cli(args)
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
})
