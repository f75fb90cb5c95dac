import type { Resource } from '@opentelemetry/resources'
import type { ScrubbingNet } from './net.ts'

/** Exporters group by the resource itself: each has one stand-in. */
const scrubbed = new WeakMap<ScrubbingNet, WeakMap<Resource, Resource>>()

/** A resource whose attributes are clean, such as the arguments of the process. Only where all telemetry is scrubbed: the resource is the application's. */
export function scrubbedResource(resource: Resource, net: ScrubbingNet): Resource {
  if (net.scope !== 'all') return resource
  let known = scrubbed.get(net)
  if (!known) scrubbed.set(net, (known = new WeakMap()))
  let clean = known.get(resource)
  if (!clean) known.set(resource, (clean = new ScrubbedResource(resource, net)))
  return clean
}

class ScrubbedResource implements Resource {
  readonly #resource: Resource
  readonly #net: ScrubbingNet

  constructor(resource: Resource, net: ScrubbingNet) {
    this.#resource = resource
    this.#net = net
  }

  get asyncAttributesPending(): boolean {
    return this.#resource.asyncAttributesPending ?? false
  }

  get attributes(): Resource['attributes'] {
    return this.#net.attributes(this.#resource.attributes, '')
  }

  get schemaUrl(): string {
    return this.#resource.schemaUrl as string
  }

  waitForAsyncAttributes(): Promise<void> {
    return this.#resource.waitForAsyncAttributes?.() ?? Promise.resolve()
  }

  merge(other: Resource | null): Resource {
    return this.#resource.merge(other)
  }

  getRawAttributes(): ReturnType<Resource['getRawAttributes']> {
    return Object.entries(this.attributes)
  }
}
