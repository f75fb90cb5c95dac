import { randomUUID } from 'node:crypto'
import type Cluster from 'node:cluster'
import { hostname } from 'node:os'
import { isMainThread, threadId } from 'node:worker_threads'
import type { Resource, ResourceDetector } from '@opentelemetry/resources'
import type { Environment } from './environment.ts'
import { sdkModules } from './sdk-modules.ts'

/** May hold passwords and keys that were given on the command line, and would become a label of `target_info`. */
const SECRET_ATTRIBUTES = ['process.command_args', 'process.command']

type DetectorName = 'env' | 'host' | 'os' | 'process' | 'service' | 'serviceinstance'

const INSTANCE = 'service.instance.id'

/**
 * Says which process telemetry comes from. `service.instance.id` is new for every process and thread, so that two of them
 * never write the same series. One that `OTEL_RESOURCE_ATTRIBUTES` sets is that of the main thread: threads and workers of a cluster, which inherit it, add their number.
 *
 * Without `OTEL_NODE_RESOURCE_DETECTORS` nothing here waits for anything, because telemetry must be ready to leave when the
 * process ends at once; the host's machine id, for which OpenTelemetry's detector reads files or runs commands, is left out.
 */
export function createResource(serviceName: string | undefined, environment: Environment): Resource {
  const { defaultResource, envDetector, detectResources, resourceFromAttributes } = sdkModules.resources()
  const detectors = chosenDetectors(environment)
  const ownId = randomUUID()
  const resource = defaultResource()
    .merge(resourceFromAttributes({ [INSTANCE]: ownId, ...processAttributes() }))
    .merge(serviceName === undefined ? null : resourceFromAttributes({ 'service.name': serviceName }))
    .merge(detectors.length > 0 ? detectResources({ detectors: detectors.map(withoutSecrets) }) : null)
    .merge(detectResources({ detectors: [envDetector] }))
  const id = resource.attributes[INSTANCE]
  const part = id === ownId ? undefined : partOfService()
  return part === undefined ? resource : resource.merge(resourceFromAttributes({ [INSTANCE]: `${String(id)}/${part}` }))
}

/** What tells this thread or process from those that it shares its environment with. */
function partOfService(): string | undefined {
  if (!isMainThread) return `thread-${threadId}`
  // Its types are those of an ES module; what this returns is what `require` does.
  const { worker } = process.getBuiltinModule('node:cluster') as unknown as typeof Cluster
  return worker && `worker-${worker.id}`
}

function processAttributes(): Record<string, string | number> {
  return {
    'host.name': hostname(),
    'process.pid': process.pid,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
  }
}

function chosenDetectors(environment: Environment): ResourceDetector[] {
  const { envDetector, hostDetector, osDetector, processDetector, serviceInstanceIdDetector } = sdkModules.resources()
  const detectors: Record<DetectorName, ResourceDetector> = {
    env: envDetector,
    host: hostDetector,
    os: osDetector,
    process: processDetector,
    service: serviceInstanceIdDetector,
    serviceinstance: serviceInstanceIdDetector,
  }
  const variable = 'OTEL_NODE_RESOURCE_DETECTORS'
  const names = environment.list(variable)
  if (names.includes('none')) return []
  if (names.includes('all')) return [...new Set(Object.values(detectors))]
  return names.flatMap((name) => {
    if (name in detectors) return [detectors[name as DetectorName]]
    environment.wrong(variable, name, ['all', 'none', ...Object.keys(detectors)].join(', '), 'the others')
    return []
  })
}

function withoutSecrets(detector: ResourceDetector): ResourceDetector {
  return {
    detect: (config) => {
      const attributes = { ...detector.detect(config).attributes }
      for (const secret of SECRET_ATTRIBUTES) delete attributes[secret]
      return { attributes }
    },
  }
}
