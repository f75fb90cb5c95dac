import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { CallRow } from '../../src/query/call-rows.ts'
import type { Percentiles } from '../../src/query/percentiles.ts'
import type { RecentTotals, Sums } from '../../src/query/sums.ts'
import type { SpanBody } from '../../src/query/traces.ts'
import { queryOf, useAnswer } from '../api.ts'
import { count, dateTime, seconds, usd } from '../format.ts'
import { Conversation } from '../parts/conversation.tsx'
import { Problem } from '../parts/empty.tsx'
import { SPANS, type SpanName } from '../range.ts'
import { go, type Place, withQuery } from '../router.ts'

/** Two calls, or two stretches of time, side by side. */
export function CompareView({ place }: { place: Place }): JSX.Element {
  return place.query.has('a') ? <CompareCalls place={place} /> : <CompareRanges place={place} />
}

type CallDetail = CallRow & SpanBody

function nameOf(call: CallRow): string {
  return `${dateTime(call.start)} · ${call.model ?? '–'} · ${usd(call.cost)}`
}

function CompareCalls({ place }: { place: Place }): JSX.Element {
  const [a, b] = [place.query.get('a') ?? '', place.query.get('b') ?? '']
  const first = useAnswer<CallDetail>(`/api/calls/${encodeURIComponent(a)}`)
  const second = useAnswer<CallDetail>(b === '' ? undefined : `/api/calls/${encodeURIComponent(b)}`)
  const others = useAnswer<{ calls: readonly CallRow[] }>(
    b === '' && first.value
      ? `/api/calls${queryOf({ filter: `operation:${first.value.operation}`, limit: 50 })}`
      : undefined,
  )
  if (!first.value) return <Problem error={first.error} />
  return (
    <article class="detail">
      <h2>Two calls</h2>
      <Problem error={second.error} />
      {b === '' && (
        <label>
          {nameOf(first.value)} with{' '}
          <select onChange={({ currentTarget }) => go(withQuery({ b: currentTarget.value }))}>
            <option value="">which call?</option>
            {others.value?.calls
              .filter(({ id }) => String(id) !== a)
              .map((call) => (
                <option key={call.id} value={call.id}>
                  {nameOf(call)}
                </option>
              ))}
          </select>
        </label>
      )}
      {second.value && (
        <>
          <Differences
            names={[nameOf(first.value), nameOf(second.value)]}
            rows={CALL_ROWS.map(([label, pick, show]) => ({
              label,
              values: [pick(first.value as CallDetail), pick(second.value as CallDetail)],
              show,
            }))}
          />
          <div class="two">
            <Conversation attributes={first.value.attributes} />
            <Conversation attributes={second.value.attributes} />
          </div>
        </>
      )}
    </article>
  )
}

type Value = string | number | null
type Show = (value: Value) => string

const asText: Show = (value) => (value === null ? '–' : String(value))
const asCount: Show = (value) => count(value as number | null)
const asSeconds: Show = (value) => seconds(value as number | null)
const asUsd: Show = (value) => usd(value === null ? null : String(value))

const CALL_ROWS: readonly (readonly [string, (call: CallDetail) => Value, Show])[] = [
  ['model', ({ model }) => model, asText],
  ['served by', ({ responseModel }) => responseModel, asText],
  ['status', ({ status }) => status, asText],
  ['cost', ({ cost }) => cost, asUsd],
  ['input', ({ inputTokens }) => inputTokens, asCount],
  ['cached', ({ cachedTokens }) => cachedTokens, asCount],
  ['output', ({ outputTokens }) => outputTokens, asCount],
  ['reasoning', ({ reasoningTokens }) => reasoningTokens, asCount],
  ['first token', ({ timeToFirstChunk }) => timeToFirstChunk, asSeconds],
  ['duration', ({ duration }) => duration, asSeconds],
  ['attempts', ({ attempts }) => attempts, asCount],
  ['finished by', ({ finishReason }) => finishReason, asText],
]

const SUM_ROWS: readonly (readonly [string, (sums: Sums & Percentiles) => Value, Show])[] = [
  ['calls', ({ calls }) => calls, asCount],
  ['cost', ({ cost }) => cost, asUsd],
  ['unpriced', ({ unpriced }) => unpriced, asCount],
  ['input', ({ inputTokens }) => inputTokens, asCount],
  ['cached', ({ cachedTokens }) => cachedTokens, asCount],
  ['output', ({ outputTokens }) => outputTokens, asCount],
  ['p50', ({ p50 }) => p50, asSeconds],
  ['p95', ({ p95 }) => p95, asSeconds],
  ['errors', ({ errors, rateLimits }) => errors + rateLimits, asCount],
  ['429s on the wire', ({ rateLimitHits }) => rateLimitHits, asCount],
  ['retries', ({ retries }) => retries, asCount],
]

/** Calls of a stretch of time that a filter looks at, one by one. */
const MOST_ADDED_UP = 20_000

function CompareRanges({ place }: { place: Place }): JSX.Element {
  const [now] = useState(Date.now)
  const span = (place.query.get('span') ?? '1h') as SpanName
  const { ms, label: length } = SPANS[span] ?? SPANS['1h']
  const filter = place.query.get('filter') ?? ''
  const newest = MOST_ADDED_UP
  const before = useAnswer<RecentTotals>(`/api/totals${queryOf({ filter, newest, from: now - 2 * ms, to: now - ms })}`)
  const after = useAnswer<RecentTotals>(`/api/totals${queryOf({ filter, newest, from: now - ms, to: now })}`)
  const isPart = before.value?.since !== undefined || after.value?.since !== undefined
  return (
    <article class="detail">
      <h2>The last {length.replace(/^1 /, '')}, and the one before</h2>
      <div class="range" role="group" aria-label="Time">
        {(Object.keys(SPANS) as SpanName[]).map((name) => (
          <button key={name} type="button" aria-pressed={name === span} onClick={() => go(withQuery({ span: name }))}>
            {SPANS[name].label}
          </button>
        ))}
      </div>
      <Problem error={before.error ?? after.error} />
      {before.value && after.value && (
        <Differences
          names={['before', 'last']}
          rows={SUM_ROWS.map(([label, pick, show]) => ({
            label,
            values: [pick(before.value as Sums & Percentiles), pick(after.value as Sums & Percentiles)],
            show,
          }))}
        />
      )}
      {isPart && (
        <p class="quiet">For this filter, calls are looked at one by one: of each time the {count(newest)} newest.</p>
      )}
      <p class="quiet">To compare two calls, open one and choose “compare”.</p>
    </article>
  )
}

interface Row {
  readonly label: string
  readonly values: readonly [Value, Value]
  readonly show: Show
}

function Differences({ names, rows }: { names: readonly [string, string]; rows: readonly Row[] }): JSX.Element {
  return (
    <table class="rows">
      <thead>
        <tr>
          <th />
          <th class="number">{names[0]}</th>
          <th class="number">{names[1]}</th>
          <th class="number">difference</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ label, values: [a, b], show }) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td class="number">{show(a)}</td>
            <td class="number">{show(b)}</td>
            <td class="number">{differenceOf(a, b)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function differenceOf(a: Value, b: Value): string {
  const [from, to] = [Number(a), Number(b)]
  if (a === null && b !== null) return 'new'
  if (a === null || b === null || Number.isNaN(from) || Number.isNaN(to)) return a === b ? '' : 'differs'
  if (from === to) return ''
  return from === 0 ? 'new' : `${to > from ? '+' : '−'}${Math.abs((100 * (to - from)) / from).toFixed(1)} %`
}
