const YES = new Set<unknown>([true, 'on', 'true', '1', 'yes'])
const NO = new Set<unknown>([false, 'off', 'false', '0', 'no'])
/** What `readSwitch` takes. */
export const ON_OR_OFF = 'on or off (true or false)'

/** Readers of settings: each takes an option or the text of a variable, and gives `undefined` for what is no such value. */
export function readSwitch(value: unknown): boolean | undefined {
  const word = typeof value === 'string' ? value.toLowerCase() : value
  return YES.has(word) ? true : NO.has(word) ? false : undefined
}

export function readText(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

export function wholeNumber(min: number, max: number): (value: unknown) => number | undefined {
  return (value) => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    return typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max ? number : undefined
  }
}

export function oneWordOf<Word extends string>(...words: readonly Word[]): (value: unknown) => Word | undefined {
  return (value) => words.find((word) => word === value)
}
