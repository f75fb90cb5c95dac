import { context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { isTracingSuppressed } from '@opentelemetry/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { untraced } from '../src/index.ts'

beforeEach(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()))
afterEach(() => context.disable())

test('instrumentation is told to leave alone what runs in it, and nothing else', async () => {
  const inside = untraced(async () => {
    await Promise.resolve()
    return isTracingSuppressed(context.active())
  })
  expect([await inside, isTracingSuppressed(context.active())]).toEqual([true, false])
})
