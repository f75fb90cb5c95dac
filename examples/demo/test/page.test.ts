import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { readSamples, sum } from '../src/metrics-page.ts'
import type { PageTotals } from '../src/viewer-page.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** Reads what the demo prints until it invites to look around: addresses, and whether the books agree. */
async function invitation(child: ChildProcess): Promise<{ readonly text: string }> {
  let text = ''
  if (!child.stdout) throw new Error('The demo has no output')
  for await (const line of createInterface(child.stdout)) {
    text += `${stripVTControlCharacters(line)}\n`
    if (/curl -N/.test(line)) return { text }
  }
  throw new Error(`The demo ended: ${text}`)
}

const found = (text: string, pattern: RegExp): string => pattern.exec(text)?.[1] ?? ''

test('after the demo, the page shows the totals of /metrics and of the books of the mock', async () => {
  const child = spawn(process.execPath, ['--conditions=source', MAIN, '--keep'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const { text } = await invitation(child)
    expect(text).toMatch(/All \d+ totals are equal\./)
    const pageUrl = found(text, /open (\S+)/)
    const samples = readSamples(await (await fetch(found(text, /curl (\S+\/metrics)/))).text())
    const totals = (await (await fetch(`${pageUrl}/api/totals`)).json()) as PageTotals
    expect(totals).toMatchObject({
      calls: sum(samples, 'ai_requests_total'),
      rateLimits: sum(samples, 'ai_requests_total', { status: 'rate_limit' }),
      inputTokens: sum(samples, 'ai_tokens_total', { token_type: 'prompt' }),
      outputTokens: sum(samples, 'ai_tokens_total', { token_type: 'completion' }),
      retries: sum(samples, 'ai_retries_total'),
    })
    expect(Number(totals.cost)).toBeCloseTo(sum(samples, 'ai_cost_total'), 12)
    const served = /cost in USD \(page\) +(\S+)/.exec(text)?.[1]
    expect(Number(totals.cost)).toBe(Number(served))
  } finally {
    child.kill('SIGINT')
    if (child.exitCode === null) await once(child, 'exit')
  }
})
