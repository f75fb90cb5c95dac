import type { JSX } from 'preact'
import { spanOf, SPANS, type SpanName } from '../range.ts'
import { go, type Place, withQuery } from '../router.ts'

/** Which stretch of time is looked at. */
export function RangePicker({ place }: { place: Place }): JSX.Element {
  const current = place.query.has('from') ? undefined : spanOf(place.query)
  return (
    <div class="range" role="group" aria-label="Time">
      {(Object.keys(SPANS) as SpanName[]).map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={name === current}
          onClick={() => go(withQuery({ span: name, from: undefined, to: undefined }))}
        >
          {SPANS[name].label}
        </button>
      ))}
      {current === undefined && <span class="quiet">a part of the time; pick one to see more</span>}
    </div>
  )
}
