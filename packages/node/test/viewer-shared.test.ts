import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { startOpenAIServer } from './support/openai-server.ts'
import { programPath } from './support/run.ts'

/** A program with `register({ viewer: port })`. */
interface Program extends AsyncDisposable {
  /** Lets it ask a model; waits for the answer. */
  readonly ask: (model: string) => Promise<void>
  /** Lets it come to its end, and waits for that; its exit code. */
  readonly end: () => Promise<unknown>
}

function start(port: number, cwd: string, env: Readonly<Record<string, string>>): Program {
  const args = ['--conditions=source', programPath('shares-viewer.mjs'), String(port)]
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'] ?? '', TOKENMETER_METRICS_PORT: '0', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd,
  })
  const answers = createInterface({ input: child.stdout })
  const ended = once(child, 'exit')
  const end = async (): Promise<unknown> => {
    child.stdin.end()
    return (await ended)[0]
  }
  return {
    async ask(model) {
      const answered = once(answers, 'line')
      child.stdin.write(`${model}\n`)
      expect(await answered).toEqual([model])
    },
    end,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await once(server.close(), 'close')
  return port
}

/** The status of the page on a port; `undefined` where nobody listens. */
const pageOn = (port: number): Promise<number | undefined> =>
  fetch(`http://127.0.0.1:${port}/api/status`).then(
    ({ status }) => status,
    () => undefined,
  )

async function modelsOn(port: number): Promise<readonly string[]> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/calls`)
  const { calls } = (await answer.json()) as { readonly calls: readonly { readonly model: string }[] }
  return calls.map(({ model }) => model)
}

test('a program sends to the viewer of the one before it, and has the viewer when that one has ended', async () => {
  await using openai = await startOpenAIServer()
  const cache = mkdtempSync(join(tmpdir(), 'tokenmeter-node-'))
  const env = { OPENAI_BASE_URL: openai.baseURL, XDG_CACHE_HOME: cache }
  const port = await freePort()
  const wait = { timeout: 30_000 }
  {
    await using first = start(port, cache, env)
    await first.ask('gpt-4o')
    await using second = start(port, cache, env)
    await second.ask('gpt-4o-mini')
    await expect.poll(() => modelsOn(port), wait).toEqual(['gpt-4o-mini', 'gpt-4o'])

    expect(await first.end()).toBe(0)
    await expect.poll(() => pageOn(port), wait).toBe(200)
    expect(await modelsOn(port)).toEqual(['gpt-4o-mini', 'gpt-4o'])
    await second.ask('o4-mini')
    await expect.poll(() => modelsOn(port), wait).toEqual(['o4-mini', 'gpt-4o-mini', 'gpt-4o'])
    expect(await second.end()).toBe(0)
    expect(await pageOn(port)).toBeUndefined()
  }
  rmSync(cache, { recursive: true })
})
