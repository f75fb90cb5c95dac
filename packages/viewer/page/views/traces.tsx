import type { JSX } from 'preact'
import { useCallback } from 'preact/hooks'
import type { SpanBody, TraceRow } from '../../src/query/traces.ts'
import { queryOf, useAnswer, useNews } from '../api.ts'
import { count, counted, dateTime, seconds, time, usd } from '../format.ts'
import { Conversation } from '../parts/conversation.tsx'
import { Empty, HowToSend, Problem } from '../parts/empty.tsx'
import { AttributeTable } from '../parts/json-view.tsx'
import { RangePicker } from '../parts/range-picker.tsx'
import { Waterfall } from '../parts/waterfall.tsx'
import { rangeOf } from '../range.ts'
import { go, type Place, withQuery } from '../router.ts'
import { useTrace } from '../trace.ts'
import type { SpanTree, TreeSpan } from '../tree.ts'

/** Traces of a range, with what all their calls cost. */
export function TracesView({ place, isPaused }: { place: Place; isPaused: boolean }): JSX.Element {
  const range = rangeOf(place.query, Date.now())
  const { value, error, reload } = useAnswer<{ traces: readonly TraceRow[] }>(
    `/api/traces${queryOf({ ...range, limit: 500 })}`,
  )
  useNews(['traces'], isPaused, reload)
  return (
    <>
      <RangePicker place={place} />
      <Problem error={error} />
      {value?.traces.length === 0 && (
        <Empty title="No traces in this time">
          <HowToSend />
        </Empty>
      )}
      {value && value.traces.length > 0 && (
        <table class="rows" aria-label="Traces">
          <thead>
            <tr>
              <th>time</th>
              <th>trace</th>
              <th class="more">service</th>
              <th class="number more">spans</th>
              <th class="number more">calls</th>
              <th class="number more">tokens</th>
              <th class="number">cost</th>
              <th class="number">duration</th>
              <th class="number">errors</th>
            </tr>
          </thead>
          <tbody>
            {value.traces.map((trace) => (
              <tr key={trace.traceId}>
                <td title={dateTime(trace.start)}>{time(trace.start)}</td>
                <td>
                  <a href={`/traces/${trace.traceId}`}>
                    {trace.name ?? `${trace.traceId.slice(0, 8)}… (root missing)`}
                  </a>
                </td>
                <td class="quiet more">{trace.service}</td>
                <td class="number more">{count(trace.spans)}</td>
                <td class="number more">{count(trace.calls)}</td>
                <td class="number more">{count(trace.inputTokens + trace.outputTokens)}</td>
                <td class="number">
                  {usd(trace.cost)}
                  {trace.unpriced > 0 && <span class="unpriced"> + {trace.unpriced} unpriced</span>}
                </td>
                <td class="number">{seconds(trace.duration)}</td>
                <td class={`number ${trace.errors > 0 ? 'bad' : 'quiet'}`}>{count(trace.errors)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}

/** One trace: its spans over time, and what the chosen one holds. */
export function TraceView({ id, place }: { id: string; place: Place }): JSX.Element {
  const { trace, tree, isWhole, error } = useTrace(id)
  const span = tree && chosenSpan(tree, Number(place.query.get('span')), isWhole)
  const body = useAnswer<SpanBody>(span && `/api/spans/${span.id}`)
  const choose = useCallback((chosen: TreeSpan) => go(withQuery({ span: String(chosen.id) }), { replace: true }), [])
  if (!trace || !tree) return <Problem error={error} />
  return (
    <article class="detail">
      <header>
        <h2>{trace.name ?? 'A trace without its root'}</h2>
        <p class="quiet">
          {dateTime(trace.start)} · {trace.service} · {counted(trace.spans, 'span')} · {counted(trace.calls, 'call')} ·{' '}
          {counted(trace.inputTokens + trace.outputTokens, 'token')} · {usd(trace.cost)} · {seconds(trace.duration)} ·{' '}
          {counted(trace.errors, 'error')} ·{' '}
          <a href={`/api/traces/${trace.traceId}/otlp`} download={`trace-${trace.traceId}.json`}>
            save as OTLP
          </a>{' '}
          ·{' '}
          <a href={`/api/traces/${trace.traceId}/page`} download={`trace-${trace.traceId}.html`}>
            save as a page to share
          </a>
        </p>
        {trace.omitted > 0 && (
          <p class={isWhole ? 'problem' : 'quiet'}>
            {count(trace.omitted)} more spans {isWhole ? 'are not drawn.' : 'are on their way.'}
          </p>
        )}
      </header>
      <section aria-label="Spans" class="waterfall" aria-busy={!isWhole}>
        <Waterfall tree={tree} isWhole={isWhole} selected={span?.id} onSelect={choose} />
      </section>
      {span && body.value && (
        <section>
          <h3>
            {span.name} {span.isCall && <a href={`/calls/${span.id}`}>open the call</a>}
          </h3>
          {span.role !== 'other' && <Conversation attributes={body.value.attributes} />}
          <AttributeTable attributes={body.value.attributes} label="Attributes of the span" />
        </section>
      )}
    </article>
  )
}

/** The span of the address, or else the first line; nothing while the one of the address may still come. */
function chosenSpan(tree: SpanTree, id: number, isWhole: boolean): TreeSpan | undefined {
  const line = tree.lineOf(id)
  if (line >= 0) return tree.at(line).span
  return tree.size > 0 && (isWhole || !id) ? tree.at(0).span : undefined
}
