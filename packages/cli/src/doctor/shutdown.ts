import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type Check, ok, problem, skipped } from './check.ts'
import type { Context } from './context.ts'
import { installed } from './installed.ts'
import { DOCTOR_SERVICE } from './test-data.ts'
import { waitFor } from './wait.ts'

/** Makes one span of the trace that it is given, and ends at once; the API it is given is the one that Tokenmeter finds. */
const PROGRAM = `
const [api, traceId] = process.argv.slice(1)
const { ROOT_CONTEXT, SpanStatusCode, trace } = require(api)
const parent = { traceId, spanId: traceId.slice(16), traceFlags: 1 }
const tracer = trace.getTracer('tokenmeter doctor')
const span = tracer.startSpan('tokenmeter doctor: the end of a process', {}, trace.setSpanContext(ROOT_CONTEXT, parent))
span.setStatus({ code: SpanStatusCode.ERROR, message: 'a test of tokenmeter doctor, no failure' })
span.end()
process.exit(0)
`

/** Whether a process that ends at once delivers what it has, with the Tokenmeter and the variables of the application. */
export const shutdown: Check = {
  id: 'application-shutdown',
  stages: ['post'],
  looksAt:
    'whether the span of a process that ends at once arrives: one of the doctor, with the `@tokenmeter/node` and the variables of this folder',
  complains: 'it does not, within six times the time-out',
  writes: true,
  run: async (context) => {
    const node = installed('@tokenmeter/node', context.folder)
    const api = node && installed('@opentelemetry/api', node.folder)
    if (!api) return skipped('@tokenmeter/node is not installed in this folder')
    // Not the trace of collector-written: this one must have come from the process.
    const traceId = [...context.runId].toReversed().join('')
    const { code, stderr } = await runProgram(context, [api.folder, traceId])
    if (code !== 0) {
      return problem(`a process with Tokenmeter ends with ${code}: ${lastLine(stderr)}`, 'Read what it says on stderr')
    }
    const { http, addresses, patienceMs } = context
    const found = await waitFor(patienceMs, async () => {
      const { status } = await http.ask(`${addresses.jaeger}/api/v3/traces/${traceId}`)
      return status === 200 ? true : undefined
    })
    return found
      ? ok('a process that ended at once has delivered its span')
      : problem(
          `the span of a process that ended at once did not arrive${stderr ? `: ${lastLine(stderr)}` : ''}`,
          'If jaeger-written is well, the end is too fast: await register().shutdown() of @tokenmeter/node first',
        )
  },
}

async function runProgram(
  { env, folder, addresses }: Context,
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const child = spawn(process.execPath, ['--import', '@tokenmeter/node/register', '--eval', PROGRAM, ...args], {
    cwd: folder,
    env: {
      ...env,
      OTEL_SERVICE_NAME: DOCTOR_SERVICE,
      OTEL_EXPORTER_OTLP_ENDPOINT: env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? addresses.otlp,
      TOKENMETER_METRICS_ENDPOINT: 'off',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (stderr += piece))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stderr }
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? ''
