/** Whether there is such a day, in a year of this century or the last. Days are not counted by month: a mistyped one is still a date. */
export function isBirthDay(year: number, month: number, day: number): boolean {
  return year >= 1900 && year <= 2099 && month >= 1 && month <= 12 && day >= 1 && day <= 31
}

/** Whether digits and separators are a date, or a date and a time: `2026-11-27`, `27.11.2026`, `20261127103000`. */
export function looksLikeDate(text: string): boolean {
  const iso = /^((?:19|20)\d{2})([-./ ]?)(\d{1,2})\2(\d{1,2})(?!\d{3})/.exec(text)
  if (iso) return isBirthDay(Number(iso[1]), Number(iso[3]), Number(iso[4]))
  const european = /^(\d{1,2})([-./ ])(\d{1,2})\2((?:19|20)\d{2})(?!\d)/.exec(text)
  if (!european) return false
  const [first, second, year] = [Number(european[1]), Number(european[3]), Number(european[4])]
  return isBirthDay(year, second, first) || isBirthDay(year, first, second)
}
