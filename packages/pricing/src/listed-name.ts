import type { MatchLogic } from './genai-models.ts'

/** What may follow a name that the list only says is contained: a date, a version. `-2025-04-16`, `-v1:0`, `@20250514`. */
const VERSION_SUFFIX = /^(?:[-@:]v?\d[\d:.-]*)*$/
/** A date without dashes, which the list spells with them. */
const COMPACT_DATE = /-(20\d{2})(\d{2})(\d{2})(?=-|:|$)/g

/**
 * Whether a model's name really is one that an entry of the list stands for. The list itself is satisfied when its text
 * is contained anywhere: `my-o4-mini-replacement` is o4-mini to it. Here the name must begin with that text,
 * and nothing but a date or a version may follow.
 *
 * @param name the model, trimmed and in lower case.
 */
export function isListedName(match: MatchLogic, name: string): boolean {
  return accepts(match, name) || accepts(match, name.replaceAll(COMPACT_DATE, '-$1-$2-$3'))
}

function accepts(match: MatchLogic, name: string): boolean {
  if ('or' in match) return match.or.some((clause) => accepts(clause, name))
  if ('and' in match) return match.and.every((clause) => accepts(clause, name))
  if ('equals' in match) return name === match.equals.toLowerCase()
  if ('ends_with' in match) return name === match.ends_with.toLowerCase()
  if ('starts_with' in match) return name.startsWith(match.starts_with.toLowerCase())
  if ('regex' in match) return match.regex.startsWith('^') && new RegExp(match.regex).test(name)
  const text = match.contains.toLowerCase()
  return name.startsWith(text) && VERSION_SUFFIX.test(name.slice(text.length))
}
