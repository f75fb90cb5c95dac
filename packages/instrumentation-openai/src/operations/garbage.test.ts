import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject } from '../wire/json.ts'
import { batchOutput } from './batch-output.ts'
import { chat } from './chat.ts'
import { readToolUse } from './response-tools.ts'
import { ENDPOINTS } from './table.ts'

/** Names that answers have, so that the garbage lies where somebody looks. */
const NAMES = [
  'output',
  'tools',
  'tool_usage',
  'image_gen',
  'web_search',
  'num_requests',
  'cached_tokens_details',
  'type',
  'container',
  'container_id',
  'environment',
  'memory_limit',
  'usage',
  'input_tokens',
  'prompt_tokens',
  'input_tokens_details',
  'response',
  'body',
  'status_code',
  'status',
  'model',
  'data',
  'choices',
]
const VALUES = [
  fc.constantFrom<unknown>(
    'web_search_call',
    'code_interpreter_call',
    'image_generation_call',
    'completed',
    '4g',
    null,
  ),
  fc.double(),
  fc.boolean(),
]
const garbage = fc.object({ key: fc.constantFrom(...NAMES), values: VALUES, maxDepth: 5 }) as fc.Arbitrary<JsonObject>
const REQUEST = { stream: false, parameters: {}, inputIsText: true, outputIsText: true }

test.each(ENDPOINTS)('%s reads any answer, whole or in pieces, without a word', (_, row) => {
  fc.assert(
    fc.property(garbage, (body) => {
      row.readAnswer(body, row.readRequest(body, { ids: [], query: {}, route: '' }))
      const reader = row.createStreamReader()
      reader.read(body)
      expect(reader.answer().response).toBeTypeOf('object')
    }),
  )
})

test('tools are counted in whole numbers from 0 up, whatever an answer says', () => {
  fc.assert(
    fc.property(garbage, (body) => {
      const { units = {}, containers = [] } = readToolUse(body)
      const { webSearches = 0, webSearchPreviews = 0, fileSearches = 0 } = units
      for (const count of [webSearches, webSearchPreviews, fileSearches]) {
        expect(Number.isSafeInteger(count) && count >= 0).toBe(true)
      }
      for (const { id } of containers) expect(id).toBeTypeOf('string')
    }),
  )
})

test('the lines of a batch may be anything', () => {
  fc.assert(
    fc.property(fc.array(garbage), (lines) => {
      const { readAnswer, createLineReader } = batchOutput(
        { fileId: 'f', endpoint: '/v1/chat/completions' },
        chat,
        false,
      )
      const reader = createLineReader!()
      for (const line of lines) reader.read(line)
      const { pieces = [], usage } = reader.answer()
      expect(pieces.reduce((sum, piece) => sum + piece.usage.inputTokens, 0)).toBe(usage?.inputTokens ?? 0)
      for (const line of lines) readAnswer(line, REQUEST)
    }),
  )
})
