import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { API_ROUTES } from '../src/server/api.ts'

test('the table of the API in docs/viewer.md says what the API says', () => {
  const page = readFileSync(new URL('../../../docs/viewer.md', import.meta.url), 'utf8')
  const lines = page.split('\n').map((line) => line.replaceAll(/ +/g, ' '))
  const rows = API_ROUTES.map(({ path, description }) => `| \`${path}\` | ${description} |`)
  expect(lines.filter((line) => line.startsWith('| `/api/'))).toEqual(rows)
})
