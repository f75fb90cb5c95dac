import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cli } from '../../cli/test/support/run-cli.ts'
import { linesOf, LOGS_ONLY } from './support/log-lines.ts'
import { type OpenAIServer, startOpenAIServer } from './support/openai-server.ts'
import { type Outcome, run } from './support/run.ts'

const page = readFileSync(new URL('../../../docs/logs.md', import.meta.url), 'utf8')

/** The recipe of that name, as it is written. */
function recipe(name: string): string {
  const found = new RegExp(`\`\`\`js ${name}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1]
  if (found === undefined) throw new Error(`docs/logs.md has no recipe ${name}`)
  return found
}

/** What follows the recipe in an application: two calls. */
const ASK = `
const { default: OpenAI } = await import('openai')
const client = new OpenAI({ apiKey: 'sk-test' })
for (const model of ['gpt-4o-mini', 'gpt-4o-mini']) await client.chat.completions.create({ model, messages: [] })
`

let openai: OpenAIServer

beforeAll(async () => {
  openai = await startOpenAIServer()
})
afterAll(() => openai[Symbol.asyncDispose]())

function runRecipe(name: string): Promise<Outcome> {
  const flags = ['--conditions=source', '--input-type=module', '--eval', recipe(name) + ASK]
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  return run(flags, { OPENAI_BASE_URL: openai.baseURL, ...LOGS_ONLY }, { cwd })
}

describe.each(['pino', 'winston', 'console', 'lines'])('the recipe for %s', (name) => {
  test('logs every call in one line, which tokenmeter summarize adds up', async () => {
    const { stdout, stderr, code } = await runRecipe(name)
    expect([stderr, code]).toEqual(['', 0])
    expect(linesOf(stdout)).toHaveLength(2)
    const summary = await cli(['summarize', '--json'], stdout)
    expect(JSON.parse(summary.stdout)).toMatchObject({
      totals: { calls: 2, inputTokens: 20, outputTokens: 10, usd: '0.000009' },
      otherLines: { foreign: 0, torn: 0 },
    })
  })
})

test("pino's lines have pino's level and message", async () => {
  const { stdout } = await runRecipe('pino')
  expect(JSON.parse(linesOf(stdout)[0] ?? '')).toMatchObject({ level: 30, msg: 'chat_completion gpt-4o-mini: success' })
})
