import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ENDPOINTS, findOperation } from '../../src/operations/table.ts'
import { clientEndpoints } from './client-endpoints.ts'
import { omissionOf, OMISSIONS } from './omissions.ts'

const endpoints = [...clientEndpoints()].toSorted()
const isMeasured = (method: string, path: string): boolean =>
  findOperation(method, path.replaceAll('{}', 'id_1')) !== undefined

test('the README lists the table', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const listed = [...readme.matchAll(/^\| `([A-Z]+ \/[^`]*)` +\| `([a-z_]+)`/gm)].map(([, ...cells]) => cells)
  expect(listed).toEqual(ENDPOINTS.map(([endpoint, { operation }]) => [endpoint, operation]))
})

describe('the newest openai client', () => {
  test('has the endpoints that its documentation has, so that this test reads them rightly', () => {
    expect(endpoints.length).toBeGreaterThan(200)
    expect(endpoints).toEqual(
      expect.arrayContaining(['POST /chat/completions', 'POST /vector_stores/{}/search', 'GET /responses/{}']),
    )
  })

  test('has no endpoint without a row or a reason', () => {
    const unaccounted = endpoints.filter((endpoint) => {
      const [method = '', path = ''] = endpoint.split(' ')
      return !isMeasured(method, path) && omissionOf(method, path) === undefined
    })
    expect(unaccounted).toEqual([])
  })

  test('has every endpoint of the table', () => {
    expect(ENDPOINTS.map(([endpoint]) => endpoint).filter((endpoint) => !endpoints.includes(endpoint))).toEqual([])
  })

  test.each(Object.keys(OMISSIONS))('still has what is left out: %s', (omitted) => {
    const start = omitted.split(' ').at(-1) ?? ''
    expect(endpoints.some((endpoint) => (endpoint.split(' ')[1] ?? '').startsWith(start))).toBe(true)
  })

  test.each(endpoints)('%s is told apart from others by method and path when administration is on', (endpoint) => {
    const [method = '', path = ''] = endpoint.split(' ')
    const found = findOperation(method, path.replaceAll('{}', 'obj-A1'), undefined, true)
    expect(found?.target.route).toBe(`${method} ${path}`)
  })
})
