import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { notePassage, Passage, passageOf } from './passage.ts'

describe('what a passage is found by', () => {
  it('is the object it was noted for, and no copy of it', () => {
    const options = { method: 'post', path: '/chat/completions' }
    const passage = new Passage()
    notePassage(options, passage)

    expect(passageOf(options)).toBe(passage)
    expect(passageOf({ ...options })).toBeUndefined()
    expect(passageOf(structuredClone(options))).toBeUndefined()
    expect(passageOf(Object.create(options))).toBeUndefined()
  })

  it('may change, as when options are sent once more', () => {
    const options = {}
    const [first, second] = [new Passage(), new Passage()]
    notePassage(options, first)
    notePassage(options, second)

    expect(passageOf(options)).toBe(second)
  })

  it('looks as before', () => {
    const options = { method: 'post' }
    notePassage(options, new Passage())

    expect(Reflect.ownKeys(options)).toEqual(['method'])
    expect(Object.getPrototypeOf(options)).toBe(Object.prototype)
    expect(inspect(options, { showHidden: true })).toBe("{ method: 'post' }")
  })

  it('may be a promise, which is awaited as before', async () => {
    const request = Promise.resolve('answer')
    const passage = new Passage()
    notePassage(request, passage)

    expect(passageOf(request)).toBe(passage)
    expect(await request).toBe('answer')
  })

  it('may be a proxy, none of whose traps hears of it', () => {
    const heard: string[] = []
    const traps = new Proxy({}, { get: (_, trap: string) => void heard.push(trap) })
    const options = new Proxy({}, traps)
    const passage = new Passage()
    notePassage(options, passage)

    expect(passageOf(options)).toBe(passage)
    expect(heard).toEqual([])
  })

  it.each([undefined, null, 'text', 1])('is nothing that is no object: %s', (value) => {
    expect(passageOf(value)).toBeUndefined()
  })
})
