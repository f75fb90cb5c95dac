import { trace } from '@opentelemetry/api'

await import('@tokenmeter/node/register')

console.log(trace.getTracer('test').startSpan('span').isRecording(), process.listenerCount('exit'))
