import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { chatCompletion } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const PACKAGES = ['openai-v4', 'openai-v5', 'openai-v6', 'openai']

const programPath = (name: string): string => fileURLToPath(new URL(`programs/${name}`, import.meta.url))

/** Runs a program with OpenTelemetry set up before it, and returns the names of its spans. */
async function spansOf(program: string, setUp: string, modules: readonly string[]): Promise<unknown> {
  await using wire = await wireServer(chatCompletion())
  const child = spawn(process.execPath, ['--conditions=source', '--import', programPath(setUp), programPath(program)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], MODULES: modules.join(' '), WIRE_URL: wire.url },
  })
  return JSON.parse(await text(child.stdout))
}

const AZURE = PACKAGES.slice(1).map((name) => `${name}/azure`)

test.each([
  ['CommonJS is watched without more ado', 'ask.cjs', 'own-sdk.mjs', PACKAGES],
  ['CommonJS that loads nothing but openai/azure is watched, too', 'ask.cjs', 'own-sdk.mjs', AZURE],
  ['ES modules are watched by the load hook, openai 4 as well', 'ask.mjs', 'own-sdk-and-load-hook.mjs', PACKAGES],
  // With openai 4 that loader makes the application fail at its start, with or without us.
  [
    "ES modules are watched by OpenTelemetry's loader from openai 5 on",
    'ask.mjs',
    'own-sdk-and-loader.mjs',
    PACKAGES.slice(1),
  ],
  ['ES modules that come through both are watched once', 'ask.mjs', 'own-sdk-and-both.mjs', PACKAGES.slice(1)],
])('with an SDK of the application and OpenAIInstrumentation, %s', async (_, program, setUp, modules) => {
  expect(await spansOf(program, setUp, modules)).toEqual(modules.map((name) => `chat gpt of ${name}`))
})
