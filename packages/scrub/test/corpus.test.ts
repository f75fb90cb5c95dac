import { describe, expect, test } from 'vitest'
import { DATA_CLASSES, scrub } from '../src/index.ts'
import { score } from './corpus/score.ts'

const { snippets, overall, byClass } = score()

describe('the labelled corpus', () => {
  test('has at least 250 snippets, decoys for every class, and at least four entities of each', () => {
    expect(snippets).toBeGreaterThanOrEqual(250)
    for (const name of DATA_CLASSES) {
      expect(byClass.get(name)?.decoys, name).toBeGreaterThan(0)
      expect(byClass.get(name)?.entities, name).toBeGreaterThanOrEqual(4)
    }
  })

  test('overall F1 is 0.95 or more, and recall 0.97 or more', () => {
    expect(overall.f1).toBeGreaterThanOrEqual(0.95)
    expect(overall.recall).toBeGreaterThanOrEqual(0.97)
  })

  test.each(DATA_CLASSES)('recall of %s is 0.9 or more', (name) => {
    expect(byClass.get(name)?.recall).toBeGreaterThanOrEqual(0.9)
  })

  test('at most 5 % of the decoys are changed', () => {
    expect(overall.changed / overall.decoys).toBeLessThanOrEqual(0.05)
  })
})

test.each([
  'update to 1.2.3.4',
  'see section 4.3.2.1',
  'OID 1.3.6.1.4.1.311.21.20',
  'git@github.com:org/repo',
  'lodash@4.17.21',
  'std::vector',
  'chatcmpl-9nKJ4x8sYfOq1AbCdEfGhIjKlMnOp',
  'resp_67ccd2bed1ec8190b14f964abc05426704e2e3d4a1b2c3d4',
  'call_abcDEF0123456789abcDEF01',
  'trace 4bf92f3577b34da6a3ce929d0e0e4736 span 00f067aa0ba902b7',
  '550e8400-e29b-41d4-a716-446655440000',
  'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'const key = process.env.OPENAI_API_KEY',
  'password: z.string().min(8)',
  'build 20260815123456',
])('a known trap stays as it is: %s', (text) => {
  expect(scrub(text)).toBe(text)
})
