import type { JSX } from 'preact'

const LABELS: Readonly<Record<string, string>> = {
  success: 'success',
  error: 'error',
  rate_limit: 'rate limit',
  cancelled: 'cancelled',
}

/** How a call ended: by colour, and by word for who does not see colours. */
export function StatusMark({ status, errorType }: { status: string; errorType?: string | null }): JSX.Element {
  return (
    <span class={`status ${status}`} title={errorType ?? LABELS[status] ?? status}>
      {errorType ?? LABELS[status] ?? status}
    </span>
  )
}
