import type { ImageToolUse, Units } from '@tokenmeter/meter'
import { addUsage } from '../wire/usage-sum.ts'
import type { Draft } from './row.ts'

const COUNTS = [
  'inputCharacters',
  'inputSeconds',
  'outputSeconds',
  'outputImages',
  'webSearches',
  'webSearchPreviews',
  'fileSearches',
] as const satisfies readonly (keyof Units)[]

/** Units of several requests together. Sizes and qualities are those of the last that has one. */
export function addUnits(a: Units, b: Units): Units {
  const sum: Draft<Units> = { ...a, ...b }
  for (const unit of COUNTS) {
    const count = (a[unit] ?? 0) + (b[unit] ?? 0)
    if (count > 0) sum[unit] = count
  }
  if (a.imageTool && b.imageTool) sum.imageTool = addImages(a.imageTool, b.imageTool)
  return sum
}

/** Nothing is known of the sum where one of the two is not known, or another model's. */
function addImages(a: ImageToolUse, b: ImageToolUse): ImageToolUse {
  if (!a.usage || !b.usage || a.model === undefined || a.model !== b.model) return {}
  return { model: a.model, usage: addUsage(a.usage, b.usage) }
}
