import { startViewer } from '@tokenmeter/viewer'
import { expect, test } from 'vitest'
import { tell } from './support/traffic.ts'
import { cli } from './support/run-cli.ts'
import { startCli } from './support/run-program.ts'
import { startShortPages } from './support/short-pages.ts'

test('calls that were there and calls that come are lines, in the order of their arrival', async () => {
  await using viewer = await startViewer({ port: 0 })
  await tell(viewer, [
    { model: 'gpt-4o', input: 1187, output: 64, cost: 0.0036075, feature: 'search' },
    { model: 'o4-mini', status: 'rate_limit', attributes: { 'error.type': 'rate_limit_exceeded' }, refused: [1, 2] },
  ])
  const running = startCli(['tail', '--url', viewer.url])
  await running.says(/o4-mini/)
  await tell(viewer, [{ model: 'gpt-4o-mini', input: 1, output: 2, attributes: { 'ai.unpriced': 'unknown_model' } }])
  await running.says(/gpt-4o-mini/)
  running.process.kill('SIGINT')
  const { code, stdout, stderr } = await running.ended
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout.replaceAll(/^\d\d:\d\d:\d\d\.\d{3} {2}/gm, '').split('\n')).toEqual([
    'ok  chat_completion gpt-4o  1187 in  64 out  0.0036075 USD  500 ms  search  u1',
    'rate_limit_exceeded  chat_completion o4-mini  no cost  500 ms  3 attempts  u1',
    'ok  chat_completion gpt-4o-mini  1 in  2 out  unknown_model  500 ms  u1',
    '',
  ])
})

test('--json gives calls as the API does, --filter those that are wanted; the end of the viewer is told', async () => {
  const viewer = await startViewer({ port: 0 })
  await tell(viewer, [{ cost: 0.25 }, { cost: 1 }])
  const running = startCli(['tail', '--url', viewer.url, '--json', '--filter', 'cost>0.5'])
  await running.says(/"cost":"1"/)
  await viewer.close()
  const { code, stdout, stderr } = await running.ended
  expect(code).toBe(1)
  expect(stdout.trim().split('\n')).toHaveLength(1)
  expect(JSON.parse(stdout)).toMatchObject({ model: 'gpt-4o', cost: '1', user: 'u1' })
  expect(stderr).toBe(`tokenmeter: the viewer at ${viewer.url} has ended\n`)
})

test('calls that a rare filter lets through are found behind pages that are short or empty', async () => {
  const calls = [9, 7, 4, 3].map((id) => ({ id, start: id, model: `m${id}` }))
  await using viewer = await startShortPages([[], calls.slice(0, 1), [], calls.slice(1)])
  const running = startCli(['tail', '--url', viewer.url, '--json', '--filter', 'cost>9', '--lines', '3'])
  await running.says(/"m9"/)
  running.process.kill('SIGINT')
  const lines = (await running.ended).stdout.trim().split('\n')
  expect(lines.map((line) => (JSON.parse(line) as { readonly model: string }).model)).toEqual(['m4', 'm7', 'm9'])
})

test('after everything is cleared, calls are written again', async () => {
  await using viewer = await startViewer({ port: 0 })
  await tell(viewer, [{ model: 'before' }, { model: 'before' }])
  const running = startCli(['tail', '--url', viewer.url])
  await running.says(/before[^]*before/)
  await fetch(`${viewer.url}/api/clear`, { method: 'POST', headers: { 'x-tokenmeter-token': viewer.token } })
  await tell(viewer, [{ model: 'afterwards' }])
  await running.says(/afterwards/)
  running.process.kill('SIGINT')
  expect((await running.ended).code).toBe(0)
})

test.each([
  [['tail', '--url', 'http://127.0.0.1:9'], 'no viewer answers at http://127.0.0.1:9; start one by tokenmeter dev'],
  [['tail', '--lines', 'x'], '--lines must be a whole number from 0 to 1000, got "x"'],
])('%j is refused', async (args, message) => {
  const { code, stderr } = await cli(args)
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
})
