import { closestName } from './closest-name.ts'
import type { Environment, Problem } from './environment.ts'
import type { Setting } from './setting.ts'
import { type Settings, SETTINGS } from './settings.ts'

/** Settings given in code. Each can be left out; what each does and its default is in the README's table. */
export type RegisterOptions = { readonly [Name in keyof Settings]?: Settings[Name] | undefined }

/** The settings in force, and what was wrong with the ones that were asked for. */
export interface Configuration {
  readonly settings: Settings
  /** Settings that somebody set, rightly or wrongly, as opposed to those that have their default. */
  readonly given: ReadonlySet<keyof Settings>
  readonly problems: readonly Problem[]
}

const NAMES = Object.keys(SETTINGS) as (keyof Settings)[]
const VARIABLES = NAMES.flatMap((name) => SETTINGS[name].variables)

/**
 * Reads all settings from their three sources. A variable of OpenTelemetry is stronger than one of ours, and either is
 * stronger than an option in code, so that whoever runs a service can change what its author wrote.
 */
export function configure(options: RegisterOptions, environment: Environment): Configuration {
  const problems = [...unknownOptions(options), ...unknownVariables(environment)]
  const given = new Set<keyof Settings>()
  const settings: Record<string, unknown> = {}
  for (const name of NAMES) {
    const source = sourceOf(name, options, environment)
    settings[name] = SETTINGS[name].fallback
    if (!source) continue
    given.add(name)
    const read = readSetting(name, source, SETTINGS[name])
    if (read.problem === undefined) settings[name] = read.value
    else problems.push(read.problem)
  }
  return { settings: settings as unknown as Settings, given, problems }
}

interface Source {
  readonly value: unknown
  /** The variable; absent for an option in code. */
  readonly variable?: string
}

function sourceOf(name: keyof Settings, options: RegisterOptions, environment: Environment): Source | undefined {
  const { variables, fields }: Setting<unknown> = SETTINGS[name]
  const value = options[name]
  if (fields) return sourceOfFields(variables, fields, value, environment)
  const found = environment.firstOf(variables)
  if (found) return { value: found.text, variable: found.name }
  return value === undefined ? undefined : { value }
}

/** Each variable fills one field, and leaves the others as the option in code has them. */
function sourceOfFields(
  variables: readonly string[],
  fields: readonly string[],
  option: unknown,
  environment: Environment,
): Source | undefined {
  const found = variables.flatMap((variable, index) => {
    const text = environment.text(variable)
    return text === undefined ? [] : [{ variable, field: fields[index] ?? '', text }]
  })
  if (found.length === 0) return option === undefined ? undefined : { value: option }
  const value = {
    ...(option as object | undefined),
    ...Object.fromEntries(found.map(({ field, text }) => [field, text])),
  }
  return { value, variable: found.map(({ variable }) => variable).join(', ') }
}

type Reading = { readonly value: unknown; readonly problem?: undefined } | { readonly problem: Problem }

function readSetting(name: keyof Settings, { value, variable }: Source, setting: Setting<unknown>): Reading {
  const instead = `going on with ${quote(setting.fallback)}`
  try {
    const read = setting.read(value)
    if (read !== undefined) return { value: read }
    const got = `${variable ?? 'the option'} is ${quote(value)}`
    return { problem: `${name}: ${got}, but must be ${setting.accepts}; ${instead}` }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { problem: `${name}: ${variable === undefined ? '' : `${variable}: `}${why}; ${instead}` }
  }
}

function unknownOptions(options: RegisterOptions): Problem[] {
  const unknown = Object.keys(options).filter((name) => !(NAMES as string[]).includes(name))
  return unknown.map((name) => `there is no option ${quote(name)}${suggest(closestName(name, NAMES))}`)
}

function unknownVariables(environment: Environment): Problem[] {
  const unknown = environment.names.filter((name) => name.startsWith('TOKENMETER_') && !VARIABLES.includes(name))
  return unknown.map((name) => `there is no variable ${name}${suggest(closestName(name, VARIABLES))}`)
}

const suggest = (name: string | undefined): string => (name === undefined ? '' : `; did you mean ${name}?`)

function quote(value: unknown): string {
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') return String(value)
  return JSON.stringify(value) ?? 'nothing'
}
