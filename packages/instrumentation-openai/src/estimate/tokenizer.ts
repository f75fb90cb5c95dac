import { warnOnce } from '@tokenmeter/meter'

/** The part of `gpt-tokenizer` that is used. */
interface Encoding {
  countTokens(text: string, options: { readonly disallowedSpecial: ReadonlySet<string> }): number
}

type EncodingName = 'o200k_base' | 'cl100k_base'

/** Words that stand for themselves, as in every text that a person wrote: `<|endoftext|>` would throw otherwise. */
const AS_TEXT = { disallowedSpecial: new Set<string>() } as const

/** Tokenizers take time in the square of an unbroken run; cut at this length, Chinese and base64 count as before within 0.1 %. */
const LONG_RUN = /\S{400}(?=\S)/g

/** Most characters that are tokenized: some milliseconds. What is longer is told from the characters, in proportion. */
const MAX_CHARACTERS = 32_768

const encodings = new Map<EncodingName, Encoding | 'loading' | 'missing'>()

/** Begins to load the encoding of a model, once. It takes 0.1 to 0.2 s, and the event loop with it. */
export function loadEncoding(model: string | undefined): void {
  const name = encodingOf(model)
  if (encodings.has(name)) return
  encodings.set(name, 'loading')
  // A bundler cannot follow a name that is made here, and so does not insist on a package that may be missing.
  const specifier = `gpt-tokenizer/encoding/${name}`
  import(/* webpackIgnore: true */ /* @vite-ignore */ specifier).then(
    (encoding: Encoding) => encodings.set(name, encoding),
    (error: unknown) => {
      encodings.set(name, 'missing')
      warnOnce(
        'gpt-tokenizer',
        `tokenmeter: gpt-tokenizer cannot be loaded (${String(error)}): install it beside tokenmeter, or leave "estimates" at "characters"; going on with characters`,
      )
    },
  )
}

/**
 * The number of tokens in a text, and of how many of its characters.
 *
 * @returns `undefined` while the encoding is not there.
 */
export function countTokens(
  text: string,
  model: string | undefined,
): { readonly tokens: number; readonly counted: string } | undefined {
  const encoding = encodings.get(encodingOf(model))
  if (typeof encoding !== 'object') return undefined
  const counted = text.length > MAX_CHARACTERS ? text.slice(0, MAX_CHARACTERS) : text
  return { tokens: encoding.countTokens(counted.replace(LONG_RUN, '$& '), AS_TEXT), counted }
}

/** gpt-4 and gpt-3.5 have the older one. Models that nobody knows are closer to the newer one. */
function encodingOf(model = ''): EncodingName {
  return /^(?:ft:)?gpt-(?:4(?!o|\.)|3\.5)/.test(model) ? 'cl100k_base' : 'o200k_base'
}
