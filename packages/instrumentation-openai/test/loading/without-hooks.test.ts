import { diag } from '@opentelemetry/api'
import { expect, test, vi } from 'vitest'

test('where a runtime has no hooks for what it loads, one line says what to do', async () => {
  const { getBuiltinModule } = process
  vi.spyOn(process, 'getBuiltinModule').mockImplementation((name: string) => {
    const module = getBuiltinModule(name)
    return name === 'node:module' ? { ...module, registerHooks: undefined } : module
  })
  const { installLoadHook } = await import('../../src/watch.ts')
  const told: string[] = []
  const tell = (text: string): void => void told.push(text)
  diag.setLogger({ error: tell, warn: tell, info() {}, debug() {}, verbose() {} })
  installLoadHook()
  installLoadHook()
  expect(told).toEqual([
    'tokenmeter: this runtime has no hooks for what a program loads, as Node has from 22.15 on, so that openai clients are not found by themselves: hand one to `instrument(client)` of @tokenmeter/instrumentation-openai.',
  ])
})
