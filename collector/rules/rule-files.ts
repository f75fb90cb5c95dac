import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

/** A recording rule or an alert, as it is in its file. */
export interface Rule {
  readonly record?: string
  readonly alert?: string
  readonly expr: string
  readonly for?: string
  readonly keep_firing_for?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

/** A rule, and where it is. */
export interface PlacedRule {
  readonly rule: Rule
  /** Name of the file in `prometheus/rules/`. */
  readonly file: string
  /** Name of its group. */
  readonly group: string
}

/** Folder of the rules that Prometheus loads. */
export const RULES_FOLDER: string = fileURLToPath(new URL('../prometheus/rules/', import.meta.url))
/** Folder of their unit tests, which promtool runs. */
export const TESTS_FOLDER: string = fileURLToPath(new URL('../prometheus/tests/', import.meta.url))

/** All rules, file by file, in their order. */
export function readRules(): PlacedRule[] {
  return readdirSync(RULES_FOLDER)
    .filter((file) => file.endsWith('.yml'))
    .toSorted()
    .flatMap((file) => {
      const { groups } = parse(readFileSync(`${RULES_FOLDER}${file}`, 'utf8')) as {
        readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[]
      }
      return groups.flatMap(({ name, rules }) => rules.map((rule) => ({ rule, file, group: name })))
    })
}

/** Name of a rule. */
export function nameOf({ record, alert }: Rule): string {
  return record ?? alert ?? ''
}
