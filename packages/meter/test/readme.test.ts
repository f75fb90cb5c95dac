import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const PACKAGE = new URL('../', import.meta.url)
const readme = readFileSync(new URL('README.md', PACKAGE), 'utf8')

test('the example of the README runs as it is written, and prints what it records', async () => {
  const example = /```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
  const flags = ['--conditions=source', '--input-type=module', '--eval', example]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, flags, { cwd: fileURLToPath(PACKAGE) })
  expect(stderr).toBe('')
  const printed = [...stdout.matchAll(/name: '(ai\.[a-z_.]+)'/g)].map(([, name]) => name)
  expect(printed).toEqual(
    expect.arrayContaining([
      'ai.cost',
      'ai.tokens',
      'ai.requests',
      'ai.request.duration',
      'ai.errors',
      'ai.rate_limit.hits',
    ]),
  )
  expect(stdout).toContain('value: 0.00042')
})

test('the README is at most 40 lines', () => {
  expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(40)
})
