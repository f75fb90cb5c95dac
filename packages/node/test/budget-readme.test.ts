import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenAIServer, startOpenAIServer } from './support/openai-server.ts'
import { run } from './support/run.ts'

const readme = readFileSync(new URL('../../budget/README.md', import.meta.url), 'utf8')
const blocks = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, text = '']) => text)

let openai: OpenAIServer
let folder: string
beforeAll(async () => {
  openai = await startOpenAIServer()
  // Within this package, so that the examples find it and what it has.
  folder = await mkdtemp(fileURLToPath(new URL('.examples-', import.meta.url)))
})
afterAll(async () => {
  await openai[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

async function example(index: number): Promise<string[]> {
  const file = join(folder, `example-${index}.mjs`)
  await writeFile(file, blocks('js')[index] ?? '')
  const env = {
    OPENAI_API_KEY: 'sk-test',
    OPENAI_BASE_URL: openai.baseURL,
    TOKENMETER_OTLP: 'off',
    TOKENMETER_METRICS_ENDPOINT: 'off',
  }
  const { stdout, stderr, code } = await run(['--conditions=source', file], env, { cwd: folder })
  expect([code, stderr]).toEqual([0, ''])
  return stdout.trimEnd().split('\n')
}

test('the example for a start with register() runs, with alerts and a refusal', async () => {
  const lines = await example(0)
  const until = expect.stringMatching(/^acme has to wait until \d{4}-\d\d-\d\dT00:00:00\.000Z$/)
  expect(lines.filter((line) => line.startsWith('Budget'))).toHaveLength(3)
  expect(lines).toContainEqual(
    'The request was not sent, by the budget "tenants" of "acme": 0.0000225 USD were spent and 0 USD are set aside, of 0.00002 USD (day).',
  )
  expect(lines).toContainEqual(until)
})

test('the example for an SDK of your own runs', async () => {
  expect(await example(1)).toEqual(["[ [ 'app', 0n ] ]"])
})

test('the example of a monitor runs', async () => {
  expect(await example(2)).toEqual(['AI cost: 1.25 USD spent in the latest call (limit 1 USD).'])
  expect(blocks('js')).toHaveLength(3)
})

test('the examples in JSON are settings', async () => {
  const program = join(folder, 'read.mjs')
  await writeFile(
    program,
    `import { readBudgets } from '@tokenmeter/budget'\nreadBudgets(JSON.parse(process.argv[2]))\n`,
  )
  const secret = join(folder, 'secret')
  await writeFile(secret, 'a secret')
  const texts = blocks('json').map((text) => text.replaceAll(/\/run\/secrets\/\w+/g, secret))
  expect(texts).toHaveLength(2)
  for (const text of texts) {
    const env = { SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/T0/B0/x' }
    expect(await run(['--conditions=source', program, text], env, { cwd: folder })).toMatchObject({
      code: 0,
      stderr: '',
    })
  }
})
