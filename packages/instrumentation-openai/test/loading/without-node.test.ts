import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { chatCompletion } from '../support/wire-answers.ts'
import { wireServer, type WireRequest } from '../support/wire-server.ts'

const PROGRAM = fileURLToPath(new URL('without-node.mjs', import.meta.url))

const isRetry = ({ headers }: WireRequest): boolean => headers['x-stainless-retry-count'] === '1'

test.each(['openai-v4', 'openai-v5', 'openai-v6', 'openai'])(
  '%s: without modules of Node and without a FinalizationRegistry, calls and their attempts are told apart',
  async (name) => {
    const overloaded = { status: 503, headers: { 'retry-after-ms': '1' }, json: {} }
    await using wire = await wireServer((request) =>
      request.body.includes('gpt-4o-mini') && !isRetry(request) ? overloaded : chatCompletion(),
    )
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--conditions=source', PROGRAM, name], {
      env: { ...process.env, WIRE: wire.url },
    })
    expect({ stdout: stdout.split('\n'), stderr }).toEqual({
      stdout: ['gpt-4.1 success 200 1117', 'gpt-4o success 200 1117', 'gpt-4o-mini success 503,200 1117', ''],
      stderr: '',
    })
  },
)
