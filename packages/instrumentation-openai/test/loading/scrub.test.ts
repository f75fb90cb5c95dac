import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { chatCompletion } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

async function packagesLoaded(capture: string): Promise<string> {
  await using wire = await wireServer(chatCompletion())
  const program = fileURLToPath(new URL('programs/loads.mjs', import.meta.url))
  const env = { ...process.env, WIRE: wire.url, CAPTURE: capture }
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=source', program], { env })
  return stdout.trimEnd()
}

test('the scrubber is loaded where content is captured, and nowhere else', async () => {
  expect(await packagesLoaded('NO_CONTENT')).toBe('instrumentation-openai meter pricing')
  expect(await packagesLoaded('EVENT_ONLY')).toBe('instrumentation-openai meter pricing scrub')
})
