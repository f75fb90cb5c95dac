import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readRateLimit, readRequestId, readRetryAfter } from './headers.ts'

const NOW = Date.parse('2026-11-24T12:00:00Z')

describe('how long to wait', () => {
  test.each([
    [{ 'retry-after-ms': '250', 'retry-after': '9' }, 0.25],
    [{ 'retry-after': '9' }, 9],
    [{ 'retry-after': '1.5' }, 1.5],
    [{ 'retry-after': 'Tue, 24 Nov 2026 12:00:30 GMT' }, 30],
    [{ 'retry-after': 'Tue, 24 Nov 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': '-1' }, undefined],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after-ms': 'soon', 'retry-after': '2' }, 2],
    [{}, undefined],
  ])('%j says %j seconds', (headers, seconds) => {
    expect(readRetryAfter(new Headers(headers), NOW)).toBe(seconds)
  })

  test('is a number from 0 up or nothing, whatever the header says', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]{0,40}$/), (text) => {
        const seconds = readRetryAfter(new Headers({ 'retry-after': text }), NOW)
        expect(seconds === undefined || (Number.isFinite(seconds) && seconds >= 0)).toBe(true)
      }),
    )
  })
})

describe('the request id', () => {
  test.each([
    [{ 'x-request-id': 'req_1', 'apim-request-id': 'apim_1' }, 'req_1'],
    [{ 'apim-request-id': 'apim_1' }, 'apim_1'],
    [{ 'x-amzn-requestid': 'aws_1' }, 'aws_1'],
    [{ 'request-id': 'id_1' }, 'id_1'],
    [{ 'x-request-id': '' }, undefined],
  ])('of %j is %j', (headers, id) => {
    expect(readRequestId(new Headers(headers))).toBe(id)
  })
})

const left = (requests: string, tokens: string): Record<string, string> => ({
  [`x-ratelimit-remaining-${requests}`]: '7',
  [`x-ratelimit-limit-${requests}`]: '10',
  [`x-ratelimit-remaining-${tokens}`]: '500',
  [`x-ratelimit-limit-${tokens}`]: '1000',
})

describe('the quota that is left', () => {
  test.each([
    ['OpenAI', 'requests', 'tokens'],
    ['Cerebras', 'requests-day', 'tokens-minute'],
    ['DigitalOcean', 'requests', 'tokens-per-minute'],
  ])('is read in the words of %s', (_, requests, tokens) => {
    expect(readRateLimit(new Headers(left(requests, tokens)))).toEqual({
      remainingRequests: 7,
      limitRequests: 10,
      remainingTokens: 500,
      limitTokens: 1000,
    })
  })

  test('of requests alone is something, too', () => {
    expect(readRateLimit(new Headers({ 'x-ratelimit-remaining-requests': '7' }))).toEqual({ remainingRequests: 7 })
  })
})
