import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readProviderNames } from './provider-names.ts'

const read = (value: unknown): unknown => {
  const names = readProviderNames(value)
  return names && Object.fromEntries(names)
}

describe('providers by host', () => {
  test.each([
    ['a host', { 'llm.internal': 'vllm' }, { 'llm.internal': 'vllm' }],
    ['a port', { 'llm.internal:8080': 'vllm' }, { 'llm.internal:8080': 'vllm' }],
    ['the port of HTTP, too', { 'llm.internal:80': 'vllm' }, { 'llm.internal:80': 'vllm' }],
    ['an address', { '10.0.0.1:443': 'vllm' }, { '10.0.0.1:443': 'vllm' }],
    ['an IPv6 address', { '[::1]:11434': 'ollama' }, { '[::1]:11434': 'ollama' }],
    ['an IPv6 address without port', { '[0:0::1]': 'ollama' }, { '[::1]': 'ollama' }],
    ['capitals', { 'LLM.Internal': 'vllm' }, { 'llm.internal': 'vllm' }],
    ['a dot at the end', { 'llm.internal.:8080': 'vllm' }, { 'llm.internal:8080': 'vllm' }],
    ['letters that are not ASCII', { 'bücher.example': 'vllm' }, { 'xn--bcher-kva.example': 'vllm' }],
    ['nothing', {}, {}],
    [
      'a text',
      'llm.internal:8080=vllm, gateway.example.com = openrouter,',
      { 'llm.internal:8080': 'vllm', 'gateway.example.com': 'openrouter' },
    ],
    ['a value of the conventions', 'llm.internal=azure.ai.openai', { 'llm.internal': 'azure.ai.openai' }],
    ['an unhappy name', { ['__proto__']: 'vllm' }, { ['__proto__']: 'vllm' }],
  ])('take %s', (_, value, names) => {
    expect(read(value)).toEqual(names)
  })

  test.each([
    ['a URL', { 'https://llm.internal': 'vllm' }],
    ['a path', { 'llm.internal/v1': 'vllm' }],
    ['a user', { 'me@llm.internal': 'vllm' }],
    ['a port that is none', { 'llm.internal:70000': 'vllm' }],
    ['a port without a number', { 'llm.internal:http': 'vllm' }],
    ['an IPv6 address without brackets', { '::1': 'vllm' }],
    ['no host', { '': 'vllm' }],
    ['a port alone', { ':8080': 'vllm' }],
    ['a space', { 'llm internal': 'vllm' }],
    ['a provider in capitals', { 'llm.internal': 'vLLM' }],
    ['an empty provider', { 'llm.internal': '' }],
    ['a provider that is no text', { 'llm.internal': 5 }],
    ['a provider with a space', { 'llm.internal': 'my gateway' }],
    ['a text without providers', 'llm.internal:8080'],
    ['a text with two providers', 'llm.internal=a=b'],
    ['a list', ['llm.internal']],
    ['a number', 8080],
    ['null', null],
  ])('refuse %s', (_, value) => {
    expect(read(value)).toBeUndefined()
  })

  test('take or refuse anything without throwing, and read what they wrote', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.domain(), fc.constantFrom('a:1', '[::1]:1', 'b.', 'vllm'))
    fc.assert(
      fc.property(fc.oneof(fc.anything(), text, fc.dictionary(text, text)), (value) => {
        const names = read(value)
        if (names !== undefined) expect(read(names)).toEqual(names)
      }),
    )
  })
})
