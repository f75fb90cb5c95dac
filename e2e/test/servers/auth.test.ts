import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startTestStack } from './test-stack.ts'

const TOKEN = 'token-of-a-test'

async function post(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const response = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"resourceSpans":[]}',
  })
  await response.body?.cancel()
  return response.status
}

test('a gateway with overlays/auth.yaml takes nothing from those who have no token', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tokenmeter-tokens-'))
  try {
    const tokens = join(folder, 'otlp-tokens')
    await writeFile(tokens, `another-token\n${TOKEN}\n`)
    await using stack = await startTestStack({
      collectorConfigs: ['gateway.yaml', 'overlays/auth.yaml'],
      collectorEnv: { OTELCOL_TOKEN_FILE: tokens },
    })
    expect(await post(stack.otlpUrl, {})).toBe(401)
    expect(await post(stack.otlpUrl, { authorization: 'Bearer a-guess' })).toBe(401)
    expect(await post(stack.otlpUrl, { authorization: `Bearer ${TOKEN}` })).toBe(200)
  } finally {
    await rm(folder, { recursive: true })
  }
})
