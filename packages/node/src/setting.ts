/** How one setting is filled. The README's table and the start-up messages are made from these rows. */
export interface Setting<Value> {
  /** Variables that fill it, strongest first: those of OpenTelemetry, then ours. They are stronger than the option in code. */
  readonly variables: readonly string[]
  /** For an option that is an object: the fields that its variables fill, in their order. */
  readonly fields?: readonly string[]
  readonly fallback: Value
  /** What a value must be, to end the sentence "must be …". */
  readonly accepts: string
  readonly description: string
  /**
   * Reads the option or the text of a variable; `undefined` means that it is no such value.
   *
   * @throws Error when more can be said about what is wrong.
   */
  readonly read: (value: unknown) => Value | undefined
}
