/**
 * What the planted texts hold, and nobody may ever see: one of each kind that patterns can tell. None is real: the card is the test number of card schemes, the
 * IBAN the example of its standard.
 */
export const SECRETS: readonly string[] = [
  'anna.victim@mail.example',
  'sk-proj-Zk3vT9qLm2Xw8RbN5yHc7JdF4gPa6SeU1oViT0rQzBnMxCk',
  '4111 1111 1111 1111',
  'DE89 3704 0044 0532 0130 00',
  '+49 170 1234567',
]

/**
 * What a field is, as the first letters of the word that is planted in it: `zc` content, recorded where capture says so; `ze` the text of an error, recorded as content
 * is, on events; `zh` hidden, never recorded; `za` recorded always.
 */
export type Kind = 'zc' | 'ze' | 'zh' | 'za'

/** A planted word, in any bytes. */
export const WORD = /z[ceha]_[a-z0-9_]+/g

/** Plants words and secrets in the fields of one endpoint, and remembers them. */
export class Plant {
  readonly words = new Set<string>()
  /** Bytes that are sent or received as base64. */
  readonly base64s: string[] = []
  readonly #endpoint: string

  constructor(endpoint: string) {
    this.#endpoint = endpoint.toLowerCase().replaceAll(/[^a-z]+/g, '_')
  }

  content(field: string): string {
    return this.#text('zc', field)
  }

  /** Texts of content of which one name tells that they are there only while a stream goes on. */
  error(field: string): string {
    return this.#text('ze', field)
  }

  hidden(field: string): string {
    return this.#text('zh', field)
  }

  always(field: string): string {
    return this.#text('za', field)
  }

  /** Content of a file. */
  base64(field: string): string {
    const base64 = Buffer.from(this.hidden(field)).toString('base64')
    this.base64s.push(base64)
    return base64
  }

  dataUrl(field: string, mime: string): string {
    return `data:${mime};base64,${this.base64(field)}`
  }

  file(field: string, type: string): File {
    const text = this.hidden(field)
    this.base64s.push(Buffer.from(text).toString('base64'))
    return new File([text], this.hidden(`${field}_name`), { type })
  }

  #text(kind: Kind, field: string): string {
    const word = `${kind}_${this.#endpoint}_${field}`
    this.words.add(word)
    return `${word} mail ${SECRETS[0]} key ${SECRETS[1]} card ${SECRETS[2]} iban ${SECRETS[3]} phone ${SECRETS[4]} end`
  }
}
