import OpenAI, { APIUserAbortError } from 'openai'
import { describe, expect, test } from 'vitest'
import { errorClass, errorTypeOf, outcomeOf } from './error.ts'

/** What a minifier does to a class: it has another name, and hangs where it hung. */
class A extends Error {}
class B extends Error {}
const minified = { APIUserAbortError: A, APIError: B }

describe('in a minified bundle', () => {
  test('an abort is known by where the client hangs its class', () => {
    expect([errorClass(new A(), minified), outcomeOf(new A(), minified)]).toEqual(['APIUserAbortError', 'cancelled'])
  })

  test('an error event without a code is known', () => {
    expect(errorTypeOf(new B(), minified)).toBe('stream_error')
  })

  test('a class of the application has the name that it has', () => {
    expect(errorClass(new TypeError('no'), minified)).toBe('TypeError')
  })
})

test('the client hangs its error classes on itself', () => {
  expect(errorClass(new APIUserAbortError(), OpenAI)).toBe('APIUserAbortError')
})
