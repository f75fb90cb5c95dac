import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PROVIDERS_BY_DOMAIN } from '../src/provider-hosts.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

test('the table of providers has every host that we know', () => {
  const rows = readme.split('\n').filter((line) => line.startsWith('| `'))
  const missing = [...PROVIDERS_BY_DOMAIN].filter(
    ([domain, provider]) => !rows.some((row) => row.startsWith(`| \`${provider}\` `) && row.includes(`\`${domain}\``)),
  )
  expect(missing).toEqual([])
})
