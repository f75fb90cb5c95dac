import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { SETTINGS } from '../src/settings.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

const code = (text: string): string => `\`${text}\``

function row(name: string, setting: (typeof SETTINGS)[keyof typeof SETTINGS]): string {
  const variables = setting.variables.length > 0 ? setting.variables.map(code).join(', ') : 'only in code'
  const fallback = setting.fallback === undefined ? 'none' : code(JSON.stringify(setting.fallback))
  return `| ${code(name)} | ${variables} | ${setting.accepts} | ${fallback} | ${setting.description} |`
}

test('the table of settings says what the settings are', () => {
  const rows = Object.entries(SETTINGS).map(([name, setting]) => row(name, setting))
  const lines = readme.split('\n').map((line) => line.replaceAll(/ +/g, ' '))
  const table = lines.filter((line) => /^\| `[a-zA-Z]+` \| (`|only in code)/.test(line))
  expect(table).toEqual(rows)
})
