import type { JSX } from 'preact'
import type { CallRow } from '../../src/query/call-rows.ts'
import type { LogRow } from '../../src/query/logs-and-metrics.ts'
import type { SpanBody } from '../../src/query/traces.ts'
import { useAnswer } from '../api.ts'
import { count, dateTime, seconds, time } from '../format.ts'
import { Conversation } from '../parts/conversation.tsx'
import { Cost } from '../parts/cost.tsx'
import { Problem } from '../parts/empty.tsx'
import { AttributeTable, Value } from '../parts/json-view.tsx'
import { StatusMark } from '../parts/status-mark.tsx'
import { Waterfall } from '../parts/waterfall.tsx'
import { go } from '../router.ts'
import { useTrace } from '../trace.ts'

interface CallDetail extends CallRow, SpanBody {
  readonly logs: readonly LogRow[]
}

/** One call: what it cost and why, what was said, what was tried, and where it stands in its trace. */
export function CallView({ id }: { id: string }): JSX.Element {
  const { value: call, error } = useAnswer<CallDetail>(`/api/calls/${id}`)
  const { tree, isWhole } = useTrace(call?.traceId)
  if (!call) return <Problem error={error} />
  return (
    <article class="detail">
      <header>
        <h2>
          {call.operation} · {call.model ?? '–'} <StatusMark {...call} />
        </h2>
        <p class="quiet">
          {dateTime(call.start)} · {call.service} · <a href={`/compare?a=${call.id}`}>compare</a> ·{' '}
          <a href={`/traces/${call.traceId}`}>trace {call.traceId.slice(0, 8)}…</a>
        </p>
      </header>
      <Facts call={call} />
      {tree && (
        <section aria-label="Trace" class="waterfall short" aria-busy={!isWhole}>
          <Waterfall
            tree={tree}
            isWhole={isWhole}
            selected={call.id}
            onSelect={(span) => go(span.isCall ? `/calls/${span.id}` : `/traces/${call.traceId}?span=${span.id}`)}
          />
        </section>
      )}
      <Events call={call} />
      <section>
        <h3>Conversation</h3>
        <Conversation attributes={call.attributes} />
      </section>
      <Logs logs={call.logs} />
      <section>
        <h3>Attributes</h3>
        <AttributeTable attributes={call.attributes} label="Attributes of the span" />
        <h3>Resource</h3>
        <AttributeTable attributes={call.resource} label="Attributes of the resource" />
        <p class="quiet">{call.scope}</p>
      </section>
    </article>
  )
}

function Facts({ call }: { call: CallDetail }): JSX.Element {
  const facts: readonly (readonly [string, JSX.Element | string])[] = [
    ['cost', <Cost {...call} />],
    ['input', count(call.inputTokens)],
    ['of that cached', count(call.cachedTokens)],
    ['output', count(call.outputTokens)],
    ['of that reasoning', count(call.reasoningTokens)],
    ['duration', seconds(call.duration)],
    ['first token', seconds(call.timeToFirstChunk)],
    ['chunks', count(call.chunks)],
    ['attempts', count(call.attempts)],
    ['finished by', call.finishReason ?? '–'],
    ['provider', call.provider ?? '–'],
    ['served by', call.responseModel ?? '–'],
    ['feature', call.feature ?? '–'],
    ['tenant', call.tenant ?? '–'],
    ['user', call.user ?? '–'],
    ['session', call.session ?? '–'],
  ]
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Events({ call }: { call: CallDetail }): JSX.Element | null {
  if (!call.events || call.events.length === 0) return null
  return (
    <section>
      <h3>Attempts and events</h3>
      <ol class="events">
        {call.events.map((event, index) => (
          <li key={index}>
            <span class="quiet">{offsetOf(event.time, call.start)}</span> <strong>{event.name}</strong>
            {Object.entries(event.attributes).map(([name, value]) => (
              <span key={name} class="pair">
                {name}=<Value value={value} />
              </span>
            ))}
          </li>
        ))}
      </ol>
    </section>
  )
}

/** Nanoseconds come as `{"$integer": "…"}`: they are more than a number holds. */
function offsetOf(nanos: unknown, start: number): string {
  const text =
    typeof nanos === 'object' && nanos !== null ? String((nanos as { $integer?: string }).$integer) : String(nanos)
  return `+${seconds(Math.max(0, Number(text) / 1e9 - start / 1000))}`
}

function Logs({ logs }: { logs: readonly LogRow[] }): JSX.Element | null {
  if (logs.length === 0) return null
  return (
    <section>
      <h3>Log records</h3>
      <ol class="events">
        {logs.map((log) => (
          <li key={log.id}>
            <span class="quiet">{time(log.time)}</span> <span class="pill">{log.severityText || log.severity}</span>{' '}
            <strong>{log.eventName}</strong> <Value value={log.body ?? ''} />
          </li>
        ))}
      </ol>
    </section>
  )
}
