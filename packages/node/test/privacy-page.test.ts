import { readFileSync } from 'node:fs'
import { CONTENT_FIELDS } from '@tokenmeter/meter'
import { DATA_CLASSES } from '@tokenmeter/scrub'
import { expect, test } from 'vitest'
import { ENDPOINTS } from '../../instrumentation-openai/src/operations/table.ts'
import { privacyPage } from '../docs/privacy.ts'
import { SETTINGS } from '../src/settings.ts'

test('docs/privacy.md is what the tables give', () => {
  const file = readFileSync(new URL('../../../docs/privacy.md', import.meta.url), 'utf8')
  expect(file === privacyPage(), 'run `pnpm generate`').toBe(true)
})

test('every endpoint, every field of content and every class is on the page', () => {
  const page = privacyPage()
  const names = [
    ...ENDPOINTS.map(([endpoint]) => endpoint),
    ...Object.values(CONTENT_FIELDS).map(({ attribute }) => attribute),
    ...DATA_CLASSES,
    ...SETTINGS.capture.variables,
  ]
  expect(names.filter((name) => !page.includes(name))).toEqual([])
})
