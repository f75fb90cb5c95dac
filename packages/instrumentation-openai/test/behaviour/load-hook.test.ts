import { createRequire } from 'node:module'
import type * as openai from 'openai'
import { describe, expect, test } from 'vitest'
import { OpenAIInstrumentation } from '../../src/index.ts'
import { installLoadHook } from '../../src/watch.ts'
import { CHAT } from '../harmless/scenario.ts'
import { spans } from '../support/spans.ts'
import { chatCompletion } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

// Both must come before the client is loaded, as in an application.
installLoadHook()
const instrumentation = new OpenAIInstrumentation()

const require = createRequire(import.meta.url)
const PACKAGES = [
  ['openai-v4', (): Promise<typeof openai> => import('openai-v4') as Promise<never>],
  ['openai-v5', (): Promise<typeof openai> => import('openai-v5') as Promise<never>],
  ['openai-v6', (): Promise<typeof openai> => import('openai-v6') as Promise<never>],
  ['openai', (): Promise<typeof openai> => import('openai')],
] as const

describe.each(PACKAGES)('with the load hook and OpenAIInstrumentation, %s', (name, load) => {
  test('is watched as ESM and as CommonJS, each call once', async () => {
    await using wire = await wireServer(chatCompletion())
    const { provider, ended } = spans()
    instrumentation.setTracerProvider(provider)
    const copies = [(await load()).OpenAI, (require(name) as typeof openai).OpenAI]
    expect(copies[0]).not.toBe(copies[1])
    for (const OpenAI of copies) {
      await new OpenAI({ apiKey: 'sk-test', baseURL: wire.url }).chat.completions.create(CHAT)
    }
    expect(ended()).toHaveLength(2)
  })
})
