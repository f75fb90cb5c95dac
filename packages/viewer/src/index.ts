export { MalformedOtlpError } from './otlp/telemetry.ts'
