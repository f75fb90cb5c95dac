import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { startViewer, type Viewer } from '@tokenmeter/viewer'
import { expect, test } from 'vitest'
import { MAIN } from './support/run-program.ts'
import { startShortPages } from './support/short-pages.ts'
import { tell } from './support/traffic.ts'

/** The SDK's own client, in front of the command as agents start it. */
async function connect(viewer: Pick<Viewer, 'url'>): Promise<Client & AsyncDisposable> {
  const client = new Client({ name: 'test', version: '1' })
  const args = ['--conditions=source', MAIN, 'mcp', '--url', viewer.url]
  await client.connect(new StdioClientTransport({ command: process.execPath, args }))
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() })
}

async function ask(client: Client, name: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
  const { content, isError } = (await client.callTool({ name, arguments: args })) as {
    readonly content: readonly { readonly text: string }[]
    readonly isError?: boolean
  }
  const text = content[0]?.text ?? ''
  return isError ? { error: text } : JSON.parse(text)
}

test('an agent asks what its application has spent', async () => {
  await using viewer = await startViewer({ port: 0 })
  await tell(viewer, [
    { model: 'gpt-4o', cost: 0.5, input: 10, output: 5, feature: 'search' },
    { model: 'gpt-4o-mini', cost: 0.25, input: 1, output: 1, feature: 'returns' },
  ])
  await using client = await connect(viewer)
  const { tools } = await client.listTools()
  expect(tools.map(({ name }) => name)).toEqual([
    'totals',
    'breakdown',
    'list_calls',
    'get_call',
    'get_trace',
    'report',
  ])
  expect(tools.every(({ annotations }) => annotations?.readOnlyHint)).toBe(true)

  expect(await ask(client, 'totals')).toMatchObject({ calls: 2, cost: '0.75', inputTokens: 11 })
  expect(await ask(client, 'totals', { filter: 'model:gpt-4o' })).toMatchObject({ calls: 1, cost: '0.5' })
  expect(await ask(client, 'breakdown', { by: 'feature' })).toMatchObject({
    rows: [
      { value: 'search', cost: '0.5' },
      { value: 'returns', cost: '0.25' },
    ],
  })
  const { calls } = (await ask(client, 'list_calls', { limit: 1 })) as { calls: { id: number; traceId: string }[] }
  expect(calls).toMatchObject([{ model: 'gpt-4o-mini', cost: '0.25' }])
  const [call] = calls
  expect(await ask(client, 'get_call', { id: call?.id })).toMatchObject({ model: 'gpt-4o-mini', logs: [] })
  expect(await ask(client, 'get_trace', { traceId: call?.traceId })).toMatchObject({ spans: 1, cost: '0.25' })
  expect(await ask(client, 'report', { since: '1d' })).toMatchObject({ calls: 2, usd: '0.75' })
})

test('an agent gets as many calls as it asks for, however short the pages, and where to go on', async () => {
  const calls = [9, 7, 4, 3].map((id) => ({ id, start: id, model: `m${id}` }))
  await using viewer = await startShortPages([[], calls.slice(0, 1), [], calls.slice(1)])
  await using client = await connect(viewer)
  const page = (await ask(client, 'list_calls', { filter: 'cost>9', limit: 3 })) as { readonly next: string }
  expect(page).toEqual({ calls: calls.slice(0, 3), next: expect.any(String) })
  expect(await ask(client, 'list_calls', { filter: 'cost>9', limit: 3, before: page.next })).toEqual({
    calls: calls.slice(3),
  })
})

test('what is asked wrongly is answered with what would be right', async () => {
  await using viewer = await startViewer({ port: 0 })
  await using client = await connect(viewer)
  expect(await ask(client, 'totals', { since: 'yesterday' })).toEqual({
    error: 'since must be a time like 90m, 12h or 7d, got "yesterday"',
  })
  expect(await ask(client, 'list_calls', { filter: 'colour:red' })).toEqual({
    error: expect.stringContaining('There is no field colour'),
  })
  expect(await ask(client, 'get_call', { id: 7 })).toEqual({ error: expect.stringContaining('The call 7 is not here') })
})
