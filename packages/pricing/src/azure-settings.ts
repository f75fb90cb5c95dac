import { FieldReader, type Kind, text } from '@tokenmeter/meter'

/** What Azure's answers do not say. */
export interface AzureSettings {
  /** Deployment name → model: `{ "my-deploy": "gpt-4o-mini" }`. Used where the answer names no model. A deployment's name is never taken for a model's. */
  readonly deployments?: Readonly<Record<string, string>>
  /** Where the deployments process: `eu` or `us` for data zones; `global` by default. */
  readonly zone?: string
}

/** What `readAzureSettings` takes, to end the sentence "must be …". */
export const AZURE_SETTINGS_FORM = '{ deployments: { "my-deploy": "gpt-4o-mini" }, zone: "eu" }, or either of them'

const deployments: Kind<Readonly<Record<string, string>>> = {
  expected:
    'deployments with their models, such as { "my-deploy": "gpt-4o-mini" } or "my-deploy=gpt-4o-mini,other=gpt-4o"',
  parse: (value) => {
    const entries = typeof value === 'string' ? entriesOfText(value) : entriesOfObject(value)
    const isComplete = entries?.every(([name, model]) => name !== '' && typeof model === 'string' && model !== '')
    return isComplete ? (Object.fromEntries(entries ?? []) as Record<string, string>) : undefined
  },
}

/**
 * Reads the settings that a person wrote. Deployments may be one text with commas, too: `my-deploy=gpt-4o-mini,other=gpt-4o`.
 *
 * @param path what messages call the settings: `azure`.
 * @throws TypeError naming every field that is wrong.
 */
export function readAzureSettings(value: unknown, path: string): AzureSettings {
  const reader = new FieldReader()
  const fields = reader.object(path, value, ['deployments', 'zone']) ?? {}
  const map = reader.optional(`${path}.deployments`, fields['deployments'], deployments)
  const zone = reader.optional(`${path}.zone`, fields['zone'], text)
  if (reader.problems.length > 0) throw new TypeError(reader.problems.join('; '))
  return { ...(map && { deployments: map }), ...(zone !== undefined && { zone: zone.trim().toLowerCase() }) }
}

type Entries = readonly (readonly [name: string, model: unknown])[]

function entriesOfText(value: string): Entries {
  const parts = value.split(',').map((part) => part.trim())
  return parts
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', ...model] = part.split('=')
      return [name.trim(), model.join('=').trim()]
    })
}

function entriesOfObject(value: unknown): Entries | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined
}
