import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import { register, withAI } from '@tokenmeter/node'

/** Receives a request that has baggage, and makes one. */
register()
const received = propagation.extract(ROOT_CONTEXT, { baggage: 'color=blue,ai.tenant=acme' })
context.with(received, () =>
  withAI({ feature: 'desk', user: 'u-1' }, ({ attribution }) => {
    const headers = {}
    propagation.inject(context.active(), headers)
    console.log(JSON.stringify(attribution), headers.baggage)
  }),
)
