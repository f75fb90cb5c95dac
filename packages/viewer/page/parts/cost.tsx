import type { JSX } from 'preact'
import { UNKNOWN, usd } from '../format.ts'

interface Props {
  readonly cost: string | null
  readonly unpriced: string | null
  readonly estimated?: boolean
}

/** A cost; why there is none; or that it is an estimate. */
export function Cost({ cost, unpriced, estimated }: Props): JSX.Element {
  if (cost !== null) {
    return (
      <span title={`$${cost}`}>
        {estimated ? '≈ ' : ''}
        {usd(cost)}
      </span>
    )
  }
  if (unpriced === null) return <span class="quiet">{UNKNOWN}</span>
  return (
    <span class="unpriced" title="The cost is unknown, for this reason">
      {unpriced}
    </span>
  )
}
