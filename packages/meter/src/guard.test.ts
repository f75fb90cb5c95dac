import { diag, type DiagLogger } from '@opentelemetry/api'
import { afterEach, expect, test, vi } from 'vitest'
import { Diagnostics } from '../test/support/diagnostics.ts'
import { alertOnce, guard, reportFailure, warnOnce } from './guard.ts'

afterEach(() => diag.disable())

test('what fails is named once, however often it fails', () => {
  using said = new Diagnostics()
  for (let i = 0; i < 3; i++) {
    guard('the bell', () => {
      throw new TypeError('ding')
    })
  }
  expect(said.errors).toEqual([
    'tokenmeter: the bell failed and was skipped; the application is not affected (TypeError)',
  ])
})

test('a failure that is no Error is named by its type', () => {
  using said = new Diagnostics()
  reportFailure('the lamp', 'dark')
  expect(said.errors).toEqual(['tokenmeter: the lamp failed and was skipped; the application is not affected (string)'])
})

test('a warning is said once for each key', () => {
  using said = new Diagnostics()
  for (const key of ['one', 'two', 'one']) warnOnce(key, `about ${key}`)
  expect(said.warnings).toEqual(['about one', 'about two'])
})

test('an alert is said once, to the logger of the application, or on the console where it has none', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  for (const key of ['fire', 'fire']) alertOnce(key, 'on the console')
  using said = new Diagnostics()
  for (const key of ['fire', 'flood', 'flood']) alertOnce(key, 'to the logger')
  expect([warn.mock.calls, said.warnings]).toEqual([[['on the console']], ['to the logger']])
  warn.mockRestore()
})

const raise = (): never => {
  throw new Error('the log is broken')
}

test('a logger that throws does not reach the host', () => {
  const logger: DiagLogger = { error: raise, warn: raise, info: raise, debug: raise, verbose: raise }
  diag.setLogger(logger, { suppressOverrideMessage: true })
  expect(() => reportFailure('a broken log', new Error('first'))).not.toThrow()
  expect(() => warnOnce('a broken log, again', 'second')).not.toThrow()
})
