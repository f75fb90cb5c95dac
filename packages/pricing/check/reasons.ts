import { readFileSync } from 'node:fs'
import type { Difference } from './quote.ts'

/** Why figures differ, as somebody has found out. A field that is absent stands for everything, a `*` in one for any text. */
export interface Reason {
  /** `litellm@1.110.2` */
  readonly witness?: string
  readonly provider?: string
  readonly model?: string
  readonly tier?: string
  readonly zone?: string
  readonly part?: string
  /** For prompts of more tokens than this. */
  readonly above?: number
  /** `none` where we have no figure; else ours. */
  readonly ours?: string
  readonly reason: string
  /** Where it can be read. */
  readonly source: string
  /** When it was looked at, `YYYY-MM-DD`. */
  readonly date: string
}

const FIELDS = ['witness', 'provider', 'model', 'tier', 'zone', 'part'] as const

/** The list that is kept beside this file. The first that fits a difference explains it. */
export function readReasons(): readonly Reason[] {
  return JSON.parse(readFileSync(new URL('reviewed-differences.json', import.meta.url), 'utf8')) as readonly Reason[]
}

/** Whether a reason is about a difference. */
export function explains(reason: Reason, difference: Difference): boolean {
  if (reason.ours !== undefined && reason.ours !== (difference.ours ?? 'none')) return false
  if (reason.above !== undefined && reason.above !== difference.aboveInputTokens) return false
  return FIELDS.every((field) => isLike(reason[field], difference[field]))
}

function isLike(pattern: string | undefined, text: string): boolean {
  if (pattern === undefined) return true
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(text)
}
