import type { JSX } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { CallRow } from '../../src/query/call-rows.ts'
import type { RecentTotals } from '../../src/query/sums.ts'
import { ask, queryOf, useAnswer, useNews } from '../api.ts'
import { count, counted, dateTime, seconds, time, usd } from '../format.ts'
import { Cost } from '../parts/cost.tsx'
import { Empty, HowToSend, Problem } from '../parts/empty.tsx'
import { FilterBar, isTyping } from '../parts/filter-bar.tsx'
import { StatusMark } from '../parts/status-mark.tsx'
import { VirtualList } from '../parts/virtual-list.tsx'
import { rangeOf } from '../range.ts'
import { go, type Place } from '../router.ts'

interface Page {
  readonly calls: readonly CallRow[]
  readonly next?: string
  readonly lookedBackTo?: number
}

/** Calls that were asked for after the first page. */
interface Older {
  readonly address: string
  readonly calls: readonly CallRow[]
  readonly next: string | undefined
  readonly lookedBackTo: number | undefined
}

const A_PAGE = 200
const ROW_HEIGHT = 34

/** The list of calls, the newest on top, as they come. */
export function CallsView({ place, isPaused }: { place: Place; isPaused: boolean }): JSX.Element {
  const filter = place.query.get('filter') ?? ''
  const range = place.query.has('from') ? rangeOf(place.query, Date.now()) : undefined
  const address = queryOf({
    filter,
    limit: A_PAGE,
    from: place.query.get('from') ?? undefined,
    to: place.query.get('to') ?? undefined,
  })
  const first = useAnswer<Page>(`/api/calls${address}`)
  const [kept, setOlder] = useState<Older>()
  const older = kept?.address === address ? kept : undefined
  useNews(['traces'], isPaused, first.reload)
  const calls = useMemo(() => joined(first.value?.calls ?? [], older?.calls ?? []), [first.value, older])
  const { next, lookedBackTo } = older ?? first.value ?? {}
  const [selected, setSelected] = useState(-1)
  useKeys(calls, selected, setSelected)
  const isAsking = useRef(false)
  const loadOlder = (): void => {
    if (next === undefined || isAsking.current) return
    isAsking.current = true
    void ask<Page>(`/api/calls${address}${address === '' ? '?' : '&'}before=${next}`)
      .then((page) => {
        setOlder({ address, calls: joined(calls, page.calls), next: page.next, lookedBackTo: page.lookedBackTo })
      })
      .finally(() => (isAsking.current = false))
  }
  // A filter that lets little through is looked for further back, until there is enough to see.
  useEffect(() => {
    if (lookedBackTo !== undefined && calls.length < A_PAGE && !first.isLoading) loadOlder()
  }, [address, next, first.isLoading])
  return (
    <>
      <FilterBar filter={filter} />
      <Problem error={first.error} />
      {filter !== '' && <FilteredTotals filter={filter} turn={first.value} />}
      {calls.length > 0 && (
        <p class="totals">
          <a href={`/api/export${queryOf({ filter, ...range })}`} download="calls.json">
            save {filter === '' ? 'all' : 'these'} as OTLP
          </a>
        </p>
      )}
      {lookedBackTo !== undefined && (
        <p class="quiet" role="status">
          {count(calls.length)} found back to {dateTime(lookedBackTo)}, looking on
        </p>
      )}
      {calls.length === 0 && first.value && next === undefined ? (
        <Empty title={filter === '' ? 'No calls yet' : 'No call matches this filter'}>
          {filter === '' ? <HowToSend /> : <p>Take a term away, or look at an earlier time.</p>}
        </Empty>
      ) : (
        <div class="table" role="table" aria-label="Calls" aria-rowcount={calls.length}>
          <CallHeadings />
          <VirtualList
            items={calls}
            rowHeight={ROW_HEIGHT}
            label="Calls"
            role="rowgroup"
            selected={selected}
            onEnd={loadOlder}
            row={(call, index) => <CallLine key={call.id} call={call} isSelected={index === selected} />}
          />
        </div>
      )}
    </>
  )
}

function joined(newer: readonly CallRow[], older: readonly CallRow[]): readonly CallRow[] {
  const last = newer.at(-1)
  if (!last) return older
  const known = new Set(newer.map(({ id }) => id))
  return [...newer, ...older.filter(({ id }) => !known.has(id))]
}

const HEADINGS = [
  'time',
  'operation',
  'model',
  'in',
  'cached',
  'out',
  'cost',
  'first token',
  'duration',
  'tries',
  'for',
  'status',
]

function CallHeadings(): JSX.Element {
  return (
    <div class="row head" role="row">
      {HEADINGS.map((heading) => (
        <span role="columnheader" key={heading}>
          {heading}
        </span>
      ))}
    </div>
  )
}

function CallLine({ call, isSelected }: { call: CallRow; isSelected: boolean }): JSX.Element {
  const whose = [call.feature, call.tenant, call.user].filter((word) => word !== null).join(' · ')
  return (
    <div class={`row ${isSelected ? 'selected' : ''}`} role="row" style={{ height: `${ROW_HEIGHT}px` }}>
      <span role="cell" title={dateTime(call.start)}>
        <a class="cover" href={`/calls/${call.id}`}>
          {time(call.start)}
        </a>
      </span>
      <span role="cell">{call.operation}</span>
      <span role="cell" title={call.responseModel ?? ''}>
        {call.model ?? call.responseModel ?? '–'}
      </span>
      <span role="cell" class="number">
        {call.estimated ? '≈' : ''}
        {count(call.inputTokens)}
      </span>
      <span role="cell" class="number quiet">
        {count(call.cachedTokens)}
      </span>
      <span role="cell" class="number">
        {call.estimated ? '≈' : ''}
        {count(call.outputTokens)}
      </span>
      <span role="cell" class="number">
        <Cost {...call} />
      </span>
      <span role="cell" class="number quiet">
        {seconds(call.timeToFirstChunk)}
      </span>
      <span role="cell" class="number">
        {seconds(call.duration)}
      </span>
      <span role="cell" class={`number ${call.attempts > 1 ? 'warn' : 'quiet'}`}>
        {call.attempts}
      </span>
      <span role="cell" class="quiet" title={whose}>
        {whose}
      </span>
      <span role="cell">
        <StatusMark {...call} />
      </span>
    </div>
  )
}

/** Calls that a filter looks at for its sums, one by one: half a tenth of a second. */
const MOST_ADDED_UP = 20_000

function FilteredTotals({ filter, turn }: { filter: string; turn: unknown }): JSX.Element | null {
  const [value, setValue] = useState<RecentTotals>()
  useEffect(() => {
    const query = queryOf({ filter, from: 1, to: Date.now() + 60_000, newest: MOST_ADDED_UP })
    void ask<RecentTotals>(`/api/totals${query}`).then(setValue, () => setValue(undefined))
  }, [filter, turn])
  if (!value) return null
  return (
    <p class="totals">
      {counted(value.calls, 'call')} · {usd(value.cost)} · {count(value.inputTokens)} in · {count(value.outputTokens)}{' '}
      out · p95 {seconds(value.p95)} · {counted(value.errors + value.rateLimits, 'error')}
      {value.since !== undefined && ` · of the ${count(MOST_ADDED_UP)} newest calls`}
    </p>
  )
}

/** `j` and `k` move, Enter opens, `e` and `E` go to the next and the last error. */
function useKeys(calls: readonly CallRow[], selected: number, select: (index: number) => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (isTyping(event) || event.metaKey || event.ctrlKey || event.altKey) return
      if (event.key === 'j') select(Math.min(calls.length - 1, selected + 1))
      else if (event.key === 'k') select(Math.max(0, selected - 1))
      else if (event.key === 'e') select(nextError(calls, selected, 1))
      else if (event.key === 'E') select(nextError(calls, selected, -1))
      else if (event.key === 'Enter' && calls[selected] && event.target === document.body)
        go(`/calls/${calls[selected].id}`)
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [calls, selected])
}

function nextError(calls: readonly CallRow[], from: number, step: 1 | -1): number {
  for (let index = from + step; index >= 0 && index < calls.length; index += step) {
    const { status } = calls[index] as CallRow
    if (status === 'error' || status === 'rate_limit') return index
  }
  return from
}
