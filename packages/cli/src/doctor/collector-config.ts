import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse } from 'yaml'
import { type Check, type Finding, ok, problem, skipped } from './check.ts'

const SAMPLERS = /^(?:tail_sampling|probabilistic_sampler)(?:\/|$)/
const SPAN_METRICS = /^span_?metrics(?:\/|$)/
const LIMITER = /^memory_limiter(?:\/|$)/
const REDACTION = /^redaction(?:\/|$)/
const BALANCER = /^load_?balancing(?:\/|$)/
/** Signals whose values may be texts of people. */
const WITH_TEXT = /^(?:traces|logs)(?:\/|$)/

/** One pipeline of the Collector. */
interface Pipeline {
  readonly name: string
  readonly receivers: readonly string[]
  readonly processors: readonly string[]
  readonly exporters: readonly string[]
}

/** The order of things in the Collector. It tells nobody what it has read, so the files are read. */
export const pipelines: Check = {
  id: 'collector-pipelines',
  stages: ['pre', 'production'],
  looksAt: 'the configuration files of the Collector that `--collector-config` names, each on top of the one before',
  complains:
    'spans are sampled before they are counted, traces or logs pass without redaction, or `memory_limiter` is not the first processor',
  run: ({ collectorConfig, folder }) => {
    if (collectorConfig.length === 0) {
      return skipped('the files of the Collector are not known: name them with --collector-config otelcol.yaml')
    }
    const merged = { value: undefined as unknown }
    for (const file of collectorConfig) {
      try {
        merged.value = merge(merged.value, parse(readFileSync(resolve(folder, file), 'utf8')))
      } catch (error) {
        return problem(`${file} cannot be read: ${firstLine(error)}`, 'otelcol validate --config=… says more')
      }
    }
    const found = pipelinesOf(merged.value)
    return found.length === 0
      ? problem(`${collectorConfig.join(', ')} have no service.pipelines`, 'Begin with collector/otelcol.yaml')
      : judge(found)
  },
}

function judge(all: readonly Pipeline[]): Finding {
  for (const pipeline of all) {
    const { name, processors } = pipeline
    const fromOutside = pipeline.receivers.some(
      (receiver) => !all.some(({ exporters }) => exporters.includes(receiver)),
    )
    if (fromOutside && !LIMITER.test(processors[0] ?? '')) {
      return problem(
        `memory_limiter is not the first processor of ${name}: it ends when memory runs out`,
        `Set service.pipelines.${name}.processors to [memory_limiter, …]`,
      )
    }
    if (fromOutside && WITH_TEXT.test(name) && !isRedacted(pipeline) && !all.some(handsToPeers)) {
      return problem(
        `${name} has no redaction: what an application forgot to scrub is stored`,
        `Set service.pipelines.${name}.processors to [memory_limiter, redaction, …]`,
      )
    }
    const sampler = pipeline.exporters.some((exporter) => SPAN_METRICS.test(exporter))
      ? samplerBefore(pipeline, all, new Set())
      : undefined
    if (sampler !== undefined) {
      return problem(
        `${name} counts spans that ${sampler} has left: rates and durations are those of the rest`,
        'Export to span_metrics and to forward first, and sample behind forward, as collector/gateway.yaml does',
      )
    }
  }
  return ok(`${all.length} pipelines, in the right order`)
}

const isRedacted = ({ processors }: Pipeline): boolean => processors.some((processor) => REDACTION.test(processor))

/** Gateways that share traces among them redact before they hand over; what comes from a peer is redacted. */
const handsToPeers = (pipeline: Pipeline): boolean =>
  isRedacted(pipeline) && pipeline.exporters.some((exporter) => BALANCER.test(exporter))

/** A sampler that spans have passed by the end of a pipeline: its own, or one of a pipeline that hands spans over to it. */
function samplerBefore(pipeline: Pipeline, all: readonly Pipeline[], seen: Set<Pipeline>): string | undefined {
  if (seen.has(pipeline)) return undefined
  seen.add(pipeline)
  const own = pipeline.processors.find((processor) => SAMPLERS.test(processor))
  if (own !== undefined) return own
  const sources = all.filter(({ exporters }) => exporters.some((exporter) => pipeline.receivers.includes(exporter)))
  return sources.map((source) => samplerBefore(source, all, seen)).find((sampler) => sampler !== undefined)
}

function pipelinesOf(config: unknown): Pipeline[] {
  const service = isMap(config) ? config['service'] : undefined
  const found = isMap(service) ? service['pipelines'] : undefined
  if (!isMap(found)) return []
  return Object.entries(found).map(([name, pipeline]) => {
    const list = (key: string): string[] => {
      const value = isMap(pipeline) ? pipeline[key] : undefined
      return Array.isArray(value) ? value.map(String) : []
    }
    return { name, receivers: list('receivers'), processors: list('processors'), exporters: list('exporters') }
  })
}

/** As the Collector puts `--config` on top of `--config`: maps are merged, lists and everything else replaced. */
function merge(below: unknown, above: unknown): unknown {
  if (!isMap(below) || !isMap(above)) return above
  const merged: Record<string, unknown> = { ...below }
  for (const [key, value] of Object.entries(above)) merged[key] = merge(below[key], value)
  return merged
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const firstLine = (error: unknown): string => (error as Error).message.split('\n', 1)[0] ?? ''
