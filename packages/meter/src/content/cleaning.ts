import { boundedJson, type CutText, cutClean, Room } from './bounded-json.ts'
import type {
  Content,
  ContentField,
  ExceptionText,
  Message,
  MessagePart,
  RawContent,
  ToolDefinition,
} from './content.ts'
import { byteLength, cutText, jsonTextBytes } from './json-size.ts'
import { digestOf, Media } from './media.ts'
import { CONTENT_DEFAULTS, type ContentOptions } from './options.ts'
import { isKind, isWord, TextCleaner, WITHHELD } from './text-cleaner.ts'

/** Work that may be interrupted: yields where somebody else may have the event loop, and promises for what it waits for. */
export type Steps<Result> = Generator<PromiseLike<unknown> | undefined, Result, unknown>

/** A message that has less room than this is left out. */
const MIN_MESSAGE_BYTES = 512
/** Most that a role, a name or a finish reason takes of it; the API allows names of 64 characters. */
const SHORT_BYTES = 80
/** A part that has less room than this is left out. */
const MIN_PART_BYTES = 128
/** What holds the messages of a call together, and what stands for those that are left out. */
const ENVELOPE_BYTES = 384
/** Of an exception's message, and of its stack, beside the caps. */
const MAX_EXCEPTION_BYTES = 8192
/** Roles that stand before all others when room gets scarce. */
const INSTRUCTING: ReadonlySet<string> = new Set(['system', 'developer'])

/** Makes the content of one call clean and fits it into its caps. */
export class Cleaning {
  readonly #options: ContentOptions
  readonly #cleaner: TextCleaner
  readonly #maxMessageBytes: number
  #left: number
  #isTruncated = false

  constructor(options: ContentOptions) {
    this.#options = options
    this.#cleaner = new TextCleaner(options.scrubber, options.scrubBudgetMs ?? CONTENT_DEFAULTS.scrubBudgetMs)
    this.#maxMessageBytes = options.maxMessageBytes ?? CONTENT_DEFAULTS.maxMessageBytes
    this.#left = (options.maxCallBytes ?? CONTENT_DEFAULTS.maxCallBytes) - ENVELOPE_BYTES
  }

  /** Instructions first, then the answer, then what was sent from the newest on: in this order room is given away. */
  *clean(raw: RawContent): Steps<Content> {
    const instructions = raw.systemInstructions && (yield* this.#parts(raw.systemInstructions, this.#share()))
    const inputs = raw.inputMessages ?? []
    const pinned = yield* this.#messages(inputs.filter(({ role }) => INSTRUCTING.has(role)))
    const outputMessages = raw.outputMessages && (yield* this.#messages(raw.outputMessages))
    const others = yield* this.#messages(inputs.filter(({ role }) => !INSTRUCTING.has(role)).toReversed())
    const retrievalQuery = raw.retrievalQuery === undefined ? undefined : yield* this.#text(raw.retrievalQuery)
    const retrievalDocuments = raw.retrievalDocuments && (yield* this.#list(raw.retrievalDocuments))
    const toolDefinitions = raw.toolDefinitions && (yield* this.#list(raw.toolDefinitions.map(this.#definition)))
    const exception = raw.exception && (yield* this.#exception(raw.exception))
    return {
      ...filled('systemInstructions', instructions),
      ...filled('inputMessages', inOrder(inputs, pinned, others)),
      ...filled('outputMessages', outputMessages && [...outputMessages.values()]),
      ...filled('toolDefinitions', toolDefinitions),
      ...(retrievalQuery !== undefined && retrievalQuery !== '' && { retrievalQuery }),
      ...filled('retrievalDocuments', retrievalDocuments),
      ...(exception && { exception }),
      ...(this.#isTruncated && { isTruncated: true }),
    }
  }

  /** Any value, such as the arguments of a tool. */
  value(value: unknown): Steps<unknown> {
    return this.#value(value, this.#maxMessageBytes)
  }

  *#value(value: unknown, bytes: number): Steps<unknown> {
    const copy = yield* this.#withDigests(this.#bounded(value, bytes))
    const clean = yield* this.#recognised(this.#cleaner.json(copy))
    return this.#fit(clean, bytes)
  }

  /** A copy with room for so many bytes. Texts that are cut are clean: the rest of them could not be told any more. */
  #bounded(value: unknown, bytes: number): unknown {
    const room = new Room(bytes)
    const copy = boundedJson(value, room, this.#cutRaw)
    this.#isTruncated ||= room.isTruncated
    return copy
  }

  /** What is still too long then is cut when it is fitted. */
  readonly #cutRaw: CutText = (text, room) => this.#cleaner.beginning(text, Math.max(room.left, 0))

  #share(): number {
    return Math.min(this.#maxMessageBytes, this.#left)
  }

  /** @returns by the message as it was given; those that found no room are missing. */
  *#messages(messages: readonly Message[]): Steps<ReadonlyMap<Message, Message>> {
    const clean = new Map<Message, Message>()
    for (const message of messages) {
      const share = this.#share()
      if (share < MIN_MESSAGE_BYTES) {
        this.#isTruncated = true
        break
      }
      clean.set(message, yield* this.#message(message, share))
    }
    return clean
  }

  *#message({ role, parts, name, finish_reason: reason }: Message, bytes: number): Steps<Message> {
    const head = {
      role: this.#short(role),
      ...(name !== undefined && { name: this.#short(name) }),
      ...(reason !== undefined && { finish_reason: this.#short(reason) }),
    }
    const size = jsonBytes(head) + '"parts":,'.length
    this.#left -= size
    const { role: first, ...rest } = head
    return { role: first, parts: yield* this.#parts(parts, bytes - size), ...rest }
  }

  *#parts(parts: readonly MessagePart[], bytes: number): Steps<MessagePart[]> {
    const clean: MessagePart[] = []
    let left = bytes - 2
    for (const part of parts) {
      if (left < MIN_PART_BYTES) {
        this.#isTruncated = true
        break
      }
      const fitting = yield* this.#part(part, left)
      const size = jsonBytes(fitting) + 1
      if (size > left) {
        this.#isTruncated = true
        break
      }
      left -= size
      this.#left -= size
      clean.push(fitting)
      yield undefined
    }
    this.#left -= 2
    return clean
  }

  *#part(part: MessagePart, bytes: number): Steps<MessagePart> {
    if (part instanceof Media) return yield* this.#media(part, bytes)
    const fitting = yield* this.#value(part, bytes)
    return isPart(fitting) ? fitting : { type: 'text', content: typeof fitting === 'string' ? fitting : WITHHELD }
  }

  *#media(media: Media, bytes: number): Steps<MessagePart> {
    const { modality, mime, data } = media
    const isInline = this.#options.captureMedia === 'inline' && typeof data === 'string'
    const blob = { type: 'blob', modality, ...(mime !== undefined && { mime_type: mime }), content: data }
    if (isInline && data.length < bytes && jsonBytes(blob) <= bytes) return blob
    return yield* digestOf(media)
  }

  /** Texts within a value that is clean, as a recogniser leaves them. */
  *#recognised(value: unknown): Steps<unknown> {
    const { scrubber } = this.#options
    if (!scrubber.recognise) return value
    if (typeof value === 'string') return (yield scrubber.recognise(value)) ?? WITHHELD
    if (typeof value !== 'object' || value === null) return value
    const entries: [string, unknown][] = []
    for (const [key, item] of Object.entries(value)) {
      entries.push([key, isKind(key, item) ? item : yield* this.#recognised(item)])
    }
    return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries)
  }

  /** Media deep within a value are digests in any case. */
  *#withDigests(value: unknown): Steps<unknown> {
    if (value instanceof Media) return yield* digestOf(value)
    if (typeof value !== 'object' || value === null) return value
    for (const [key, item] of Object.entries(value)) {
      if (typeof item === 'object') (value as Record<string, unknown>)[key] = yield* this.#withDigests(item)
    }
    return value
  }

  *#list<Item extends object>(items: readonly Item[]): Steps<Item[]> {
    const clean: Item[] = []
    for (const item of items) {
      const share = this.#share()
      if (share < MIN_MESSAGE_BYTES) {
        this.#isTruncated = true
        break
      }
      const fitting = yield* this.#value(item, share)
      if (typeof fitting !== 'object' || fitting === null) continue
      this.#left -= jsonBytes(fitting) + 1
      clean.push(fitting as Item)
      yield undefined
    }
    return clean
  }

  *#text(text: string): Steps<string> {
    const [part] = yield* this.#parts([{ type: 'text', content: text }], this.#share())
    return String(part?.['content'] ?? '')
  }

  readonly #definition = (definition: ToolDefinition): ToolDefinition => {
    const { type, name } = definition
    return this.#options.captureToolSchemas ? definition : { type, name }
  };

  *#exception({ message, stacktrace }: ExceptionText): Steps<ExceptionText> {
    const first = yield* this.#value(message, MAX_EXCEPTION_BYTES)
    const rest = stacktrace === undefined ? undefined : yield* this.#value(stacktrace, MAX_EXCEPTION_BYTES)
    return { message: String(first), ...(rest !== undefined && { stacktrace: String(rest) }) }
  }

  /** A role, a name, a finish reason. */
  #short(text: string): string {
    if (isWord(text)) return text
    const clean = this.#cleaner.beginning(text, SHORT_BYTES)
    return jsonTextBytes(clean) > SHORT_BYTES ? cutText(clean, SHORT_BYTES) : clean
  }

  /** Cuts what is clean until it takes at most so many bytes. */
  #fit(clean: unknown, bytes: number): unknown {
    let room = bytes
    for (let attempt = 0; attempt < 4; attempt++) {
      const bounded = new Room(room)
      const copy = boundedJson(clean, bounded, cutClean)
      const excess = jsonBytes(copy) - bytes
      if (excess <= 0) {
        this.#isTruncated ||= bounded.isTruncated
        return copy
      }
      room -= excess + 32
    }
    this.#isTruncated = true
    return WITHHELD
  }
}

const jsonBytes = (value: unknown): number => byteLength(JSON.stringify(value) ?? '')

const isPart = (value: unknown): value is MessagePart =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'

function filled<Field extends ContentField, Item>(field: Field, items: readonly Item[] | undefined): object {
  return items === undefined || items.length === 0 ? {} : { [field]: items }
}

/** As they were sent; one stands for all that are missing. */
function inOrder(all: readonly Message[], ...found: readonly ReadonlyMap<Message, Message>[]): readonly Message[] {
  const kept: Message[] = []
  let omitted = 0
  for (const message of all) {
    const clean = found.map((some) => some.get(message)).find((some) => some !== undefined)
    if (clean) kept.push(clean)
    else if (omitted++ === 0) kept.push(OMITTED)
  }
  return omitted === 0 ? kept : kept.map((message) => (message === OMITTED ? omission(omitted) : message))
}

const omission = (messages: number): Message => ({
  role: 'omitted',
  parts: [{ type: 'generic', generic_type: 'omitted', messages }],
})

const OMITTED: Message = omission(0)
