import { expect, test } from 'vitest'
import type { Attributes, Span } from '../otlp/telemetry.ts'
import { readCall, roleOf } from './call-facts.ts'
import { contentOf } from './content.ts'
import { indexedMessages } from './indexed-messages.ts'
import { messagesOf } from '../../page/messages.ts'

function span(attributes: Attributes, more: Partial<Span> = {}): Span {
  return {
    traceId: '0'.repeat(31) + 1,
    spanId: '0'.repeat(15) + 1,
    parentSpanId: '',
    name: 'a span',
    kind: 3,
    start: 1n,
    end: 2n,
    statusCode: 0,
    statusMessage: '',
    attributes,
    events: [],
    links: [],
    resource: { attributes: {} },
    scope: { name: '', version: '' },
    ...more,
  } as Span
}

test('OpenInference: a span of kind LLM', () => {
  const llm = span({
    'openinference.span.kind': 'LLM',
    'llm.system': 'openai',
    'llm.provider': 'azure',
    'llm.model_name': 'gpt-4o-2024-08-06',
    'llm.invocation_parameters': '{"temperature":0.1}',
    'llm.token_count.prompt': 80,
    'llm.token_count.completion': 15,
    'llm.token_count.total': 95,
    'llm.token_count.prompt_details.cache_read': 40,
    'llm.token_count.prompt_details.cache_write': 20,
    'llm.token_count.completion_details.reasoning': 5,
    'llm.cost.prompt': 0.004,
    'llm.cost.completion': 0.0009,
    'llm.cost.total': 0.0049,
    'input.value': 'what is the weather',
    'output.value': 'sunny',
    'user.id': 'user-123',
    'session.id': 'sess-456',
  })
  expect(roleOf(llm)).toBe('call')
  expect(readCall(llm)).toEqual({
    operation: 'chat',
    provider: 'azure',
    model: 'gpt-4o-2024-08-06',
    status: 'success',
    inputTokens: 80,
    outputTokens: 15,
    cachedTokens: 40,
    cacheWriteTokens: 20,
    reasoningTokens: 5,
    picoUsd: 4_900_000_000n,
    attempts: 1,
    rateLimitHits: 0,
    user: 'user-123',
    session: 'sess-456',
  })
  expect(contentOf(llm.attributes)).toBe('what is the weather\nsunny\n')
})

test.each([
  ['EMBEDDING', 'call'],
  ['TOOL', 'tool'],
  ['AGENT', 'agent'],
  ['CHAIN', 'agent'],
  ['RERANKER', 'other'],
] as const)('OpenInference: a span of kind %s is a span of role %s', (kind, role) => {
  expect(roleOf(span({ 'openinference.span.kind': kind }))).toBe(role)
})

test('OpenLLMetry: a chat as it is written today', () => {
  const chat = span(
    {
      'llm.request.type': 'chat',
      'gen_ai.system': 'OpenAI',
      'gen_ai.request.model': 'gpt-4o-mini',
      'gen_ai.response.model': 'gpt-4o-mini-2024-07-18',
      'gen_ai.usage.prompt_tokens': 412,
      'gen_ai.usage.completion_tokens': 27,
      'gen_ai.usage.cache_read_input_tokens': 256,
      'gen_ai.usage.reasoning_tokens': 8,
      'llm.usage.total_tokens': 439,
      'gen_ai.completion.0.finish_reason': 'tool_calls',
      'traceloop.workflow.name': 'order_status',
      'traceloop.association.properties.user_id': 'u42',
      'traceloop.association.properties.thread_id': 'support-42',
    },
    { statusCode: 2, events: [{ name: 'exception', time: 1n, attributes: { 'exception.type': 'RateLimitError' } }] },
  )
  expect(roleOf(chat)).toBe('call')
  expect(readCall(chat)).toEqual({
    operation: 'chat',
    provider: 'OpenAI',
    model: 'gpt-4o-mini',
    responseModel: 'gpt-4o-mini-2024-07-18',
    status: 'error',
    errorType: 'RateLimitError',
    inputTokens: 412,
    outputTokens: 27,
    cachedTokens: 256,
    reasoningTokens: 8,
    finishReason: 'tool_calls',
    feature: 'order_status',
    user: 'u42',
    session: 'support-42',
    attempts: 1,
    rateLimitHits: 0,
  })
})

test('OpenLLMetry: spans of workflows and tools', () => {
  expect(roleOf(span({ 'traceloop.span.kind': 'workflow', 'traceloop.entity.name': 'order_status' }))).toBe('agent')
  expect(roleOf(span({ 'traceloop.span.kind': 'tool', 'traceloop.entity.name': 'find_order' }))).toBe('tool')
})

test('OpenLLMetry before 2024: names that begin with llm.', () => {
  const old = span({
    'llm.vendor': 'OpenAI',
    'llm.request.type': 'completion',
    'llm.request.model': 'gpt-3.5-turbo-instruct',
    'llm.response.model': 'gpt-3.5-turbo-instruct-0914',
    'llm.usage.prompt_tokens': 10,
    'llm.usage.completion_tokens': 20,
    'llm.response.finish_reason': 'stop',
  })
  expect(readCall(old)).toMatchObject({
    operation: 'text_completion',
    provider: 'OpenAI',
    model: 'gpt-3.5-turbo-instruct',
    responseModel: 'gpt-3.5-turbo-instruct-0914',
    inputTokens: 10,
    outputTokens: 20,
    finishReason: 'stop',
  })
})

test('The conventions of 2024: gen_ai.system, and no operation', () => {
  const old = span({
    'gen_ai.system': 'openai',
    'gen_ai.request.model': 'gpt-4',
    'gen_ai.usage.prompt_tokens': 3,
    'gen_ai.usage.completion_tokens': 4,
    'gen_ai.response.finish_reasons': ['length'],
  })
  expect(roleOf(old)).toBe('call')
  expect(readCall(old)).toMatchObject({
    operation: 'chat',
    provider: 'openai',
    model: 'gpt-4',
    inputTokens: 3,
    outputTokens: 4,
    finishReason: 'length',
  })
})

test('Vercel AI SDK: the inner span of a stream is the call, the outer one an agent', () => {
  const inner = span({
    'operation.name': 'ai.streamText.doStream support-chat',
    'ai.operationId': 'ai.streamText.doStream',
    'ai.telemetry.functionId': 'support-chat',
    'ai.telemetry.metadata.userId': 'u1',
    'ai.telemetry.metadata.sessionId': 's1',
    'ai.model.id': 'gpt-4o-mini',
    'ai.model.provider': 'openai.chat',
    'ai.response.model': 'gpt-4o-mini-2024-07-18',
    'ai.response.finishReason': 'stop',
    'ai.response.msToFirstChunk': 212.5,
    'ai.usage.promptTokens': 12,
    'ai.usage.completionTokens': 7,
    'ai.prompt.messages': '[{"role":"user"}]',
    'ai.response.text': 'hello back',
  })
  expect(roleOf(inner)).toBe('call')
  expect(readCall(inner)).toEqual({
    operation: 'chat',
    provider: 'openai.chat',
    model: 'gpt-4o-mini',
    responseModel: 'gpt-4o-mini-2024-07-18',
    status: 'success',
    inputTokens: 12,
    outputTokens: 7,
    timeToFirstChunk: 0.2125,
    finishReason: 'stop',
    feature: 'support-chat',
    user: 'u1',
    session: 's1',
    attempts: 1,
    rateLimitHits: 0,
  })
  expect(contentOf(inner.attributes)).toBe('{"role":"user"}\nhello back\n')
  const outer = span({ 'operation.name': 'ai.streamText support-chat', 'ai.operationId': 'ai.streamText' })
  expect(roleOf(outer)).toBe('agent')
})

test('Vercel AI SDK 5: tokens under their newer names, embeddings and tools', () => {
  const generate = span({
    'ai.operationId': 'ai.generateText.doGenerate',
    'ai.usage.inputTokens': 12,
    'ai.usage.outputTokens': 7,
    'ai.usage.cachedInputTokens': 4,
    'ai.usage.reasoningTokens': 2,
  })
  expect(readCall(generate)).toMatchObject({ inputTokens: 12, outputTokens: 7, cachedTokens: 4, reasoningTokens: 2 })
  const embed = span({ 'ai.operationId': 'ai.embed.doEmbed', 'ai.usage.tokens': 5 })
  expect(readCall(embed)).toMatchObject({ operation: 'embeddings', inputTokens: 5 })
  expect(roleOf(span({ 'operation.name': 'ai.toolCall', 'ai.operationId': 'ai.toolCall' }))).toBe('tool')
})

test('our own words are stronger than those of others, and spans without any are none of ours', () => {
  const both = span({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'azure.ai.openai',
    'gen_ai.system': 'openai',
    'gen_ai.usage.input_tokens': 1,
    'gen_ai.usage.prompt_tokens': 2,
  })
  expect(readCall(both)).toMatchObject({ provider: 'azure.ai.openai', inputTokens: 1 })
  expect(roleOf(span({ 'http.request.method': 'GET' }))).toBe('other')
})

test('OpenLLMetry: messages with numbers are a conversation, and are searched', () => {
  const attributes = {
    'gen_ai.prompt.10.role': 'user',
    'gen_ai.prompt.10.content': 'and the other parcel?',
    'gen_ai.prompt.0.role': 'user',
    'gen_ai.prompt.0.content': 'where is my parcel',
    'gen_ai.completion.0.role': 'assistant',
    'gen_ai.completion.0.finish_reason': 'tool_calls',
    'gen_ai.completion.0.tool_calls.0.name': 'find_order',
    'gen_ai.completion.0.tool_calls.0.arguments': '{"order":7}',
  }
  expect(indexedMessages(attributes, 'input')).toEqual([
    { role: 'user', parts: [{ type: 'text', content: 'where is my parcel' }] },
    { role: 'user', parts: [{ type: 'text', content: 'and the other parcel?' }] },
  ])
  expect(messagesOf(attributes).at(-1)).toEqual({
    role: 'assistant',
    parts: [{ kind: 'tool_call', name: 'find_order', text: '{"order":7}' }],
  })
  expect(contentOf(attributes)).toBe('where is my parcel\nand the other parcel?\nfind_order {"order":7}\n')
})

test('OpenInference: messages with numbers are a conversation, and are searched', () => {
  const attributes = {
    'llm.input_messages.0.message.role': 'system',
    'llm.input_messages.0.message.content': 'be brief',
    'llm.input_messages.1.message.role': 'user',
    'llm.input_messages.1.message.contents.0.message_content.type': 'text',
    'llm.input_messages.1.message.contents.0.message_content.text': 'what is this',
    'llm.output_messages.0.message.role': 'assistant',
    'llm.output_messages.0.message.tool_calls.0.tool_call.function.name': 'look',
    'llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments': '{}',
  }
  expect(messagesOf(attributes)).toEqual([
    { role: 'system', parts: [{ kind: 'text', text: 'be brief' }] },
    { role: 'user', parts: [{ kind: 'text', text: 'what is this' }] },
    { role: 'assistant', parts: [{ kind: 'tool_call', name: 'look', text: '{}' }] },
  ])
  expect(contentOf(attributes)).toBe('be brief\nwhat is this\nlook {}\n')
})
