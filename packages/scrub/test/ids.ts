import { createHash } from 'node:crypto'

/** Identifiers that applications send to models and find again in their logs: none may change. */
export const IDS: Readonly<Record<string, (random: Random) => string>> = {
  uuid: (random) => uuid(random.hex(32)),
  'uuid of version 7': (random) =>
    uuid(`${(1.7e12 + random.below(1e11)).toString(16).padStart(12, '0')}7${random.hex(19)}`),
  'uuid in capitals': (random) => uuid(random.hex(32)).toUpperCase(),
  'sha-1': (random) => hash('sha1', random),
  'sha-256': (random) => hash('sha256', random),
  'sha-512': (random) => hash('sha512', random),
  md5: (random) => hash('md5', random),
  'short commit': (random) => random.hex(7 + random.below(6)),
  'git describe': (random) =>
    `v${random.below(20)}.${random.below(40)}.${random.below(40)}-${random.below(300)}-g${random.hex(7)}`,
  'digest of an image': (random) => `sha256:${hash('sha256', random)}`,
  'integrity of a package': (random) => `sha512-${createHash('sha512').update(random.hex(8)).digest('base64')}`,
  'epoch seconds': (random) => String(1_000_000_000 + random.below(1_500_000_000)),
  'epoch milliseconds': (random) => String(1_000_000_000_000 + random.below(1_500_000_000_000)),
  'epoch microseconds': (random) => String(1_000_000_000_000_000 + random.below(1_000_000_000_000_000)),
  'epoch nanoseconds': (random) => `1${random.digits(18)}`,
  'epoch with a fraction': (random) => `${1_000_000_000 + random.below(1_500_000_000)}.${random.digits(6)}`,
  'iso timestamp': (random) => date(random).toISOString(),
  'iso timestamp with an offset': (random) => date(random).toISOString().replace('Z', '+08:00'),
  'compact timestamp': (random) =>
    date(random)
      .toISOString()
      .replace(/[-:T]|\..*/g, ''),
  'date and time': (random) => date(random).toISOString().replace('T', ' ').replace(/\..*/, ''),
  'european date': (random) =>
    date(random)
      .toISOString()
      .replace(/^(\d+)-(\d+)-(\d+)T(\d+:\d+).*/, '$3.$2.$1 $4'),
  'http date': (random) => date(random).toUTCString(),
  'semantic version': (random) => `${random.below(30)}.${random.below(60)}.${random.below(90)}`,
  'version of a pre-release': (random) =>
    `${random.below(30)}.${random.below(60)}.${random.below(90)}-rc.${random.below(20)}+build.${random.below(9999)}`,
  'package and version': (random) => `lodash@${random.below(30)}.${random.below(60)}.${random.below(90)}`,
  'user agent': (random) => `Chrome/${random.below(150)}.0.${random.below(7000)}.${random.below(250)}`,
  chatcmpl: (random) => `chatcmpl-${random.letters(29)}`,
  response: (random) => `resp_${random.hex(48)}`,
  'item of a response': (random) => `msg_${random.hex(48)}`,
  reasoning: (random) => `rs_${random.hex(48)}`,
  'call of a function': (random) => `call_${random.letters(24)}`,
  'call of a tool': (random) => `fc_${random.hex(48)}`,
  request: (random) => `req_${random.hex(32)}`,
  run: (random) => `run_${random.letters(24)}`,
  thread: (random) => `thread_${random.letters(24)}`,
  assistant: (random) => `asst_${random.letters(24)}`,
  file: (random) => `file-${random.letters(22)}`,
  batch: (random) => `batch_${random.hex(32)}`,
  'vector store': (random) => `vs_${random.hex(32)}`,
  'fine-tuning job': (random) => `ftjob-${random.letters(24)}`,
  'fine-tuned model': (random) => `ft:gpt-4o-mini-2024-07-18:acme::${random.letters(8)}`,
  fingerprint: (random) => `fp_${random.hex(10)}`,
  'dated model': (random) => `gpt-4.1-mini-2025-${two(1 + random.below(12))}-${two(1 + random.below(28))}`,
  'message of anthropic': (random) => `msg_01${random.letters(22)}`,
  'tool use': (random) => `toolu_01${random.letters(22)}`,
  'trace id': (random) => random.hex(32),
  'span id': (random) => random.hex(16),
  traceparent: (random) => `00-${random.hex(32)}-${random.hex(16)}-01`,
  'x-ray trace': (random) => `1-${random.hex(8)}-${random.hex(24)}`,
  'cloudflare ray': (random) => `${random.hex(16)}-FRA`,
  ulid: (random) => `01${random.of('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 24)}`,
  nanoid: (random) => random.of(`${LETTERS}_-`, 21),
  ksuid: (random) => `2${random.letters(26)}`,
  cuid: (random) => `c${random.of('abcdefghijklmnopqrstuvwxyz0123456789', 24)}`,
  'object id': (random) => random.hex(24),
  snowflake: (random) => `1${random.digits(17)}`,
  'hexadecimal number': (random) => `0x${random.hex(8)}`,
  'decimal number': (random) => `${random.below(1000)}.${random.digits(8)}`,
  etag: (random) => `W/"${random.hex(8)}-${random.letters(27)}"`,
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Random texts; with a seed the same ones every time. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  /** Mulberry32 (Tommy Ettinger, public domain). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  of(alphabet: string, length: number): string {
    return Array.from({ length }, () => alphabet[this.below(alphabet.length)]).join('')
  }

  hex(length: number): string {
    return this.of('0123456789abcdef', length)
  }

  digits(length: number): string {
    return this.of('0123456789', length)
  }

  letters(length: number): string {
    return this.of(LETTERS, length)
  }
}

function hash(algorithm: string, random: Random): string {
  return createHash(algorithm).update(random.hex(16)).digest('hex')
}

function uuid(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5')
}

function date(random: Random): Date {
  return new Date(9e11 + random.below(1.2e12))
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
