import { type Context, type Span, trace } from '@opentelemetry/api'

/** The key that the API keeps the active span under, which it tells nobody: it is seen being used. */
const SPAN_KEY = spanKey()

function spanKey(): symbol | undefined {
  let used: symbol | undefined
  const probe: Context = {
    getValue: () => undefined,
    setValue: (key) => {
      used = key
      return probe
    },
    deleteValue: () => probe,
  }
  trace.setSpan(probe, trace.wrapSpanContext({ traceId: '', spanId: '', traceFlags: 0 }))
  return used
}

/** A context above another one, for as long as nobody puts more into it: the API's own copies all that is in there. */
class ContextWithSpan implements Context {
  readonly #parent: Context
  readonly #span: Span

  constructor(parent: Context, span: Span) {
    this.#parent = parent
    this.#span = span
  }

  getValue(key: symbol): unknown {
    return key === SPAN_KEY ? this.#span : this.#parent.getValue(key)
  }

  setValue(key: symbol, value: unknown): Context {
    return trace.setSpan(this.#parent, this.#span).setValue(key, value)
  }

  deleteValue(key: symbol): Context {
    return trace.setSpan(this.#parent, this.#span).deleteValue(key)
  }
}

/** As `trace.setSpan`, at a fraction of its price. */
export function contextWithSpan(parent: Context, span: Span): Context {
  return SPAN_KEY === undefined ? trace.setSpan(parent, span) : new ContextWithSpan(parent, span)
}
