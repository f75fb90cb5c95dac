import { SCENARIOS } from './scenario.ts'
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { installLoadHook, watchOpenAI } from '@tokenmeter/instrumentation-openai/watch'
import { claimLocalHistograms } from '../packages/meter/dist/index.mjs'
import { createFloor } from './setup.ts'
class IdleReader extends MetricReader { async onForceFlush() {} async onShutdown() {} }
installLoadHook()
const meterProvider = new MeterProvider({ readers: [new IdleReader()] })
claimLocalHistograms(meterProvider)
const w = watchOpenAI({ tracerProvider: new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter: { export: (_s, d) => d({ code: 0 }), shutdown: async () => {} } })] }), meterProvider })
const { default: OpenAI } = await import('openai')
const floor = createFloor()
for (const s of SCENARIOS) {
  if (process.env.S && !s.name.startsWith(process.env.S)) continue
  const client = new OpenAI({ apiKey: 'b', baseURL: 'http://127.0.0.1:9/v1', fetch: async () => s.respond() })
  const n = s.name.includes('stream') ? 15 : 100
  const best = { off: 1e9, on: 1e9, floor: 1e9 }
  for (let r = 0; r < Number(process.env.R ?? 150); r++) {
    for (const mode of ['off', 'on', 'floor'] as const) {
      if (mode === 'on') w.start(); else w.stop()
      const t = performance.now()
      for (let i = 0; i < n; i++) { await s.call(client); if (mode === 'floor') floor.record(s.metricRecords) }
      best[mode] = Math.min(best[mode], ((performance.now() - t) / n) * 1000)
    }
  }
  console.log(s.name, 'bare', best.off.toFixed(1), 'added', (best.on - best.off).toFixed(1), 'floor', (best.floor - best.off).toFixed(1))
}
process.exit(0)
