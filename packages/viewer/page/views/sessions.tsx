import type { JSX } from 'preact'
import type { SessionRow } from '../../src/query/call-queries.ts'
import { queryOf, useAnswer, useNews } from '../api.ts'
import { count, dateTime, seconds } from '../format.ts'
import { Empty, Problem } from '../parts/empty.tsx'
import { RangePicker } from '../parts/range-picker.tsx'
import { rangeOf } from '../range.ts'
import type { Place } from '../router.ts'

/** Conversations: calls with the same session. */
export function SessionsView({ place, isPaused }: { place: Place; isPaused: boolean }): JSX.Element {
  const range = rangeOf(place.query, Date.now())
  const { value, error, reload } = useAnswer<{ sessions: readonly SessionRow[] }>(
    `/api/sessions${queryOf({ ...range, limit: 500 })}`,
  )
  useNews(['traces'], isPaused, reload)
  return (
    <>
      <RangePicker place={place} />
      <Problem error={error} />
      {value?.sessions.length === 0 && (
        <Empty title="No sessions in this time">
          <p>Say which calls belong together:</p>
          <pre>{"withAI({ session: 'conversation-7', user: 'u42' }, () => answer(question))"}</pre>
        </Empty>
      )}
      {value && value.sessions.length > 0 && (
        <table class="rows" aria-label="Sessions">
          <thead>
            <tr>
              <th>session</th>
              <th>began</th>
              <th class="number">lasted</th>
              <th class="number">calls</th>
              <th class="number">errors</th>
            </tr>
          </thead>
          <tbody>
            {value.sessions.map(({ session, start, end, calls, errors }) => (
              <tr key={session}>
                <td>
                  <a href={`/${queryOf({ filter: `session:${session}` })}`}>{session}</a>
                </td>
                <td>{dateTime(start)}</td>
                <td class="number">{seconds((end - start) / 1000)}</td>
                <td class="number">{count(calls)}</td>
                <td class={`number ${errors > 0 ? 'bad' : 'quiet'}`}>{count(errors)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}
