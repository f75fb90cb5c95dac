import type { Attributes, AttributeValue } from '@opentelemetry/api'
import type { AttributeTarget } from '../attribute-target.ts'

/** Names that were set one after the other. */
interface Shape {
  readonly next: Map<string, Shape>
  /** An object that has them. */
  template: Attributes | undefined
}

/** Shapes differ by endpoint and by what the application and the provider say: some dozens in a service. */
const MAX_SHAPES = 5000

/**
 * Gathers attributes and puts them into an object, which costs a third of setting them one by one, and a tenth of the garbage: V8 makes a hash table of an object that some
 * sixteen computed names are added to, but neither of one that is parsed nor of its copies.
 */
export class AttributeSheet implements AttributeTarget {
  readonly #first: Shape = { next: new Map(), template: undefined }
  #shapes = 1
  readonly #names: string[] = []
  readonly #values: AttributeValue[] = []
  #length = 0
  /** Of what was set since `start`; `undefined` where there are too many. */
  #shape: Shape | undefined = this.#first

  /** Forgets what was set. */
  start(): void {
    this.#length = 0
    this.#shape = this.#first
  }

  setAttribute(name: string, value: AttributeValue): void {
    this.#names[this.#length] = name
    this.#values[this.#length] = value
    this.#length++
    this.#shape = this.#shape && (this.#shape.next.get(name) ?? this.#add(this.#shape, name))
  }

  #add(shape: Shape, name: string): Shape | undefined {
    if (this.#shapes >= MAX_SHAPES) return undefined
    this.#shapes++
    const added: Shape = { next: new Map(), template: undefined }
    shape.next.set(name, added)
    return added
  }

  /** All that was set since `start`; of two values for a name the later one. */
  finish(): Attributes {
    const names = this.#names
    const shape = this.#shape
    const attributes: Attributes = shape ? { ...(shape.template ??= templateOf(names.slice(0, this.#length))) } : {}
    for (let index = 0; index < this.#length; index++) {
      attributes[names[index] as string] = this.#values[index]
      this.#values[index] = ''
    }
    this.start()
    return attributes
  }
}

/** Nothing of a call is in it. */
function templateOf(names: readonly string[]): Attributes {
  return JSON.parse(JSON.stringify(Object.fromEntries(names.map((name) => [name, null])))) as Attributes
}
