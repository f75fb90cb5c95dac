import { expect, test } from 'vitest'
import type { TraceDetail } from '../query/traces.ts'
import { tracePage } from './trace-page.ts'

const HOSTILE = `</script><img src=x onerror="alert('1')">&`

const trace: TraceDetail = {
  traceId: '0123456789abcdef0123456789abcdef',
  name: HOSTILE,
  service: HOSTILE,
  start: 1_790_000_000_000,
  duration: 1,
  spans: 3000,
  calls: 0,
  errors: 1,
  inputTokens: 0,
  outputTokens: 0,
  cost: '0',
  unpriced: 0,
  tree: Array.from({ length: 3000 }, (_, id) => ({
    id,
    spanId: String(id),
    parentSpanId: '',
    name: HOSTILE,
    service: 'desk',
    kind: 3,
    role: 'other',
    start: 1_790_000_000_000,
    duration: 0.5,
    failed: true,
  })),
}

test('nothing of a trace is HTML in the page of it', () => {
  const page = tracePage(trace, () => ({
    attributes: { [HOSTILE]: HOSTILE, list: [HOSTILE] },
    resource: {},
    scope: '',
  }))
  expect(page).not.toContain('<img')
  expect(page).not.toContain('<script')
  expect(page).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;')
})

test('a page that a browser could not open is cut off, and says so', () => {
  const page = tracePage(trace, () => undefined)
  expect(page.match(/<details>/g)).toHaveLength(2000)
  expect(page).toContain('1000 more spans are not in this file.')
})
