import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import type { CallPage } from '../../src/query/call-queries.ts'
import type { CallRow } from '../../src/query/call-rows.ts'
import type { Percentiles } from '../../src/query/percentiles.ts'
import type { RecentTotals, Sums } from '../../src/query/sums.ts'
import type { SpanBody } from '../../src/query/traces.ts'
import { ask, queryOf, useAnswer } from '../api.ts'
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
  if (!first.value) return <Problem error={first.error} />
  return (
    <article class="detail">
      <h2>Two calls</h2>
      <Problem error={second.error} />
      {b === '' && <OtherCalls key={first.value.id} call={first.value} />}
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

const A_PAGE = 50

/** What a call may be compared with: others of its operation, the newest first, and older ones when a person asks for them. */
function OtherCalls({ call }: { call: CallRow }): JSX.Element {
  const path = `/api/calls${queryOf({ filter: `operation:${call.operation}`, limit: A_PAGE })}`
  const first = useAnswer<CallPage>(path)
  const [older, setOlder] = useState<CallPage>()
  const [asked, setAsked] = useState<{ readonly isOn: boolean; readonly error?: string }>({ isOn: false })
  const { next } = older ?? first.value ?? {}
  const others = [...(first.value?.calls ?? []), ...(older?.calls ?? [])].filter(({ id }) => id !== call.id)
  const loadOlder = (): void => {
    setAsked({ isOn: true })
    olderThan(path, next).then(
      (page) => {
        setOlder({ ...page, calls: [...(older?.calls ?? []), ...page.calls] })
        setAsked({ isOn: false })
      },
      (error: unknown) => setAsked({ isOn: false, error: error instanceof Error ? error.message : String(error) }),
    )
  }
  return (
    <>
      <Problem error={first.error ?? asked.error} />
      <label>
        {nameOf(call)} with{' '}
        <select onChange={({ currentTarget }) => go(withQuery({ b: currentTarget.value }))}>
          <option value="">which call?</option>
          {others.map((other) => (
            <option key={other.id} value={other.id}>
              {nameOf(other)}
            </option>
          ))}
        </select>
      </label>{' '}
      {next !== undefined && (
        <button type="button" disabled={asked.isOn} onClick={loadOlder}>
          older calls
        </button>
      )}
    </>
  )
}

/** The next page that has calls; a page may be empty and not be the last. */
async function olderThan(path: string, next: string | undefined): Promise<CallPage> {
  let page: CallPage = { calls: [], ...(next !== undefined && { next }) }
  while (page.calls.length === 0 && page.next !== undefined) page = await ask<CallPage>(`${path}&before=${page.next}`)
  return page
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
