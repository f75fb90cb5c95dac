import type { Context } from './context.ts'

/** When a check matters: before a deployment, right after it, and from then on. */
export const STAGES = ['pre', 'post', 'production'] as const

/** A stage of a deployment. */
export type Stage = (typeof STAGES)[number]

/** What a check found. `note` is worth knowing and no problem; `skipped` could not be told, and says why. */
export type Result = 'ok' | 'note' | 'problem' | 'skipped'

/** What a check has to say: one line, and where something is to be done, what. */
export interface Finding {
  readonly result: Result
  readonly line: string
  readonly cure?: string
}

/** One question with one answer. */
export interface Check {
  /** `prometheus-targets`; also the anchor in docs/doctor.md. */
  readonly id: string
  readonly stages: readonly Stage[]
  /** What it looks at, for the docs. */
  readonly looksAt: string
  /** When it is a problem, for the docs; or what it notes. */
  readonly complains: string
  /** It sends something, and runs only when that is asked for. */
  readonly writes?: true
  readonly run: (context: Context) => Promise<Finding> | Finding
}

/** Checks about one part of the whole. */
export interface CheckGroup {
  readonly name: string
  readonly checks: readonly Check[]
}

/** Everything is as it should be. */
export const ok = (line: string): Finding => ({ result: 'ok', line })
/** Worth knowing. */
export const note = (line: string, cure?: string): Finding => ({ result: 'note', line, ...(cure && { cure }) })
/** Something is to be done. */
export const problem = (line: string, cure: string): Finding => ({ result: 'problem', line, cure })
/** It cannot be told, and why. */
export const skipped = (line: string): Finding => ({ result: 'skipped', line })
