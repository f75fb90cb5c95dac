import { inFront, isOfAThing } from '../checks/context.ts'
import type { Detector } from '../scan.ts'

/** Area, group, serial. Numbers that begin with 000, 666 or 9, or have a group of zeros, are never issued (SSA, "SSN Randomization", 2011). */
const NUMBER = /(?<![\w.+-]|\d )(?!000|666|9)\d{3}([ .-]?)(?!00)\d{2}\1(?!0000)\d{4}(?![\w]|[.-]\w)/g

const KEY_WORD =
  /(?:\bssn|\bss#|social[ _-]?security|socialsecurity|sozialversicherungsnummer|社会安全|社會安全|社安)\D{0,32}$/u

/** US social security numbers: with dashes wherever they stand, otherwise only behind a key word. */
export const usSsn: Detector = {
  class: 'us_ssn',
  find: ({ text, lower }, report) => {
    for (const match of text.matchAll(NUMBER)) {
      const hasWord = KEY_WORD.test(inFront(lower, match.index))
      if (hasWord || (match[1] === '-' && !isOfAThing(lower, match.index)))
        report(match.index, match.index + match[0].length)
    }
  },
}
