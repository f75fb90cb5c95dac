import { type FieldReader, type Fields, flag, type Kind, text } from '@tokenmeter/meter'
import { wholeFrom } from './field-kinds.ts'
import { email } from './notify/email.ts'
import type { Notifier } from './notify/notifier.ts'
import type { SecretSource } from './notify/secret.ts'
import { slack } from './notify/slack.ts'
import { webhook } from './notify/webhook.ts'

/**
 * A notifier as a file of settings has it. Of each field that may be a secret there are two forms beside the plain one: `…Env` names the variable
 * and `…File` the file that has it.
 */
export type NotifierSettings =
  | {
      readonly type: 'webhook'
      readonly name?: string
      readonly url?: string
      readonly urlEnv?: string
      readonly urlFile?: string
      readonly secretEnv?: string
      readonly secretFile?: string
    }
  | { readonly type: 'slack'; readonly name?: string; readonly urlEnv?: string; readonly urlFile?: string }
  | {
      readonly type: 'email'
      readonly name?: string
      readonly host: string
      readonly port?: number
      readonly secure?: boolean
      readonly insecure?: boolean
      readonly user?: string
      readonly passwordEnv?: string
      readonly passwordFile?: string
      readonly from: string
      readonly to: string
    }

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  webhook: ['type', 'name', 'url', 'urlEnv', 'urlFile', 'secretEnv', 'secretFile'],
  slack: ['type', 'name', 'urlEnv', 'urlFile'],
  email: ['type', 'name', 'host', 'port', 'secure', 'insecure', 'user', 'passwordEnv', 'passwordFile', 'from', 'to'],
}

const port = wholeFrom(1, 65_535)
const type: Kind<string> = {
  expected: `${Object.keys(FIELDS)
    .map((name) => `"${name}"`)
    .join(', ')}, or what callback(), webhook(), slack() or email() returns`,
  parse: (value) => (typeof value === 'string' && Object.hasOwn(FIELDS, value) ? value : undefined),
}

/** Reads one notifier; what is wrong is kept in `reader`. */
export function readNotifier(reader: FieldReader, path: string, value: unknown): Notifier | undefined {
  if (isNotifier(value)) return value
  const kind = reader.read(`${path}.type`, (value as Fields | null)?.['type'], type)
  const fields = kind === undefined ? undefined : reader.object(path, value, FIELDS[kind] ?? [])
  if (!fields) return undefined
  const notifier = new NotifierFields(reader, path, fields)
  const wrongBefore = reader.problems.length
  try {
    const make = { webhook: makeWebhook, slack: makeSlack, email: makeEmail }[kind as 'webhook' | 'slack' | 'email']
    const create = make(notifier)
    // What is missing was said; a notifier without it would only say so again.
    return reader.problems.length > wrongBefore ? undefined : create()
  } catch (error) {
    reader.problems.push(`${path}.${(error as Error).message}`)
    return undefined
  }
}

function isNotifier(value: unknown): value is Notifier {
  const { name, notify } = (value ?? {}) as Partial<Notifier>
  return typeof name === 'string' && typeof notify === 'function'
}

class NotifierFields {
  readonly #reader: FieldReader
  readonly #path: string
  readonly #fields: Fields

  constructor(reader: FieldReader, path: string, fields: Fields) {
    this.#reader = reader
    this.#path = path
    this.#fields = fields
  }

  read<T>(name: string, kind: Kind<T>): T | undefined {
    return this.#reader.read(`${this.#path}.${name}`, this.#fields[name], kind)
  }

  optional<T>(name: string, kind: Kind<T>): T | undefined {
    return this.#reader.optional(`${this.#path}.${name}`, this.#fields[name], kind)
  }

  /** Where the secret of this name is, if one of its forms is given. */
  secret(name: string): SecretSource | undefined {
    const env = this.optional(`${name}Env`, text)
    const file = this.optional(`${name}File`, text)
    if (env !== undefined) return { env }
    return file === undefined ? undefined : { file }
  }

  lacks(names: string): undefined {
    this.#reader.problems.push(`${this.#path} needs ${names}`)
    return undefined
  }

  get name(): { readonly name?: string } {
    return present({ name: this.optional('name', text) })
  }
}

function makeWebhook(fields: NotifierFields): () => Notifier {
  const url = fields.optional('url', text) ?? fields.secret('url') ?? fields.lacks('url, urlEnv or urlFile')
  const secret = fields.secret('secret')
  const { name } = fields
  return () => webhook({ ...name, url: url ?? '', ...(secret && { secret }) })
}

function makeSlack(fields: NotifierFields): () => Notifier {
  const url =
    fields.secret('url') ?? fields.lacks('urlEnv or urlFile: whoever knows the address can write into the channel')
  const { name } = fields
  return () => slack({ ...name, url: url ?? '' })
}

function makeEmail(fields: NotifierFields): () => Notifier {
  const host = fields.read('host', text) ?? ''
  const from = fields.read('from', text) ?? ''
  const to = fields.read('to', text) ?? ''
  const more = present({
    port: fields.optional('port', port),
    secure: fields.optional('secure', flag),
    insecure: fields.optional('insecure', flag),
    user: fields.optional('user', text),
    password: fields.secret('password'),
  })
  const { name } = fields
  return () => email({ ...name, host, from, to, ...more })
}

/** Without the fields that are `undefined`. */
function present<Value extends object>(fields: Value): { [K in keyof Value]?: Exclude<Value[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
}
