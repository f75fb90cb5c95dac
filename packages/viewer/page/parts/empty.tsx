import type { ComponentChildren, JSX } from 'preact'

/** What to do where there is nothing to see. */
export function Empty({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  )
}

/** How telemetry comes here. */
export function HowToSend(): JSX.Element {
  return (
    <>
      <p>Start an application with Tokenmeter in front of it:</p>
      <pre>npx tokenmeter dev -- node app.js</pre>
      <p>or let one that has OpenTelemetry send here:</p>
      <pre>OTEL_EXPORTER_OTLP_ENDPOINT={location.origin}</pre>
    </>
  )
}

/** What went wrong with a question. */
export function Problem({ error }: { error: string | undefined }): JSX.Element | null {
  return error === undefined ? null : (
    <p class="problem" role="alert">
      {error}
    </p>
  )
}
