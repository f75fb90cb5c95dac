import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { SCOPE } from './version.ts'

test('telemetry is attributed to the version of the package', () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as object
  expect(manifest).toMatchObject(SCOPE)
})
