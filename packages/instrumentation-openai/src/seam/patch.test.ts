import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { disguise, overrideMethod, ownerOf, rootOwnerOf, wrapMethod } from './patch.ts'

class Parent {
  add(one: number, two: number): number {
    return one + two
  }
}
class Child extends Parent {}

const double =
  (original: (...numbers: number[]) => number) =>
  (_: unknown, numbers: number[]): number =>
    original(...numbers) * 2

describe('the owner of a method', () => {
  test('is the object of the prototype chain that has it as its own', () => {
    expect(ownerOf(Child.prototype, 'add')).toBe(Parent.prototype)
    expect(ownerOf(new Child(), 'add')).toBe(Parent.prototype)
  })

  test('is nobody when there is no such method', () => {
    expect(ownerOf(Child.prototype, 'subtract')).toBeUndefined()
  })
})

test('the root owner of a method is where overriding it began', () => {
  class Overriding extends Child {
    override add(one: number, two: number): number {
      return super.add(one, two)
    }
  }
  expect(ownerOf(new Overriding(), 'add')).toBe(Overriding.prototype)
  expect(rootOwnerOf(new Overriding(), 'add')).toBe(Parent.prototype)
  expect(rootOwnerOf(new Overriding(), 'subtract')).toBeUndefined()
})

describe('a wrapped method', () => {
  test('keeps its name, length and flags', () => {
    const owner = { add: (one: number, two: number) => one + two }
    Object.defineProperty(owner, 'add', { enumerable: false, writable: false })
    wrapMethod(owner, 'add', double)
    const descriptor = Object.getOwnPropertyDescriptor(owner, 'add')
    expect(owner.add(1, 2)).toBe(6)
    expect([owner.add.name, owner.add.length]).toEqual(['add', 2])
    expect(descriptor).toMatchObject({ enumerable: false, writable: false, configurable: true })
  })

  test('is restored exactly', () => {
    const before = Object.getOwnPropertyDescriptors(Parent.prototype)
    const undo = wrapMethod(Parent.prototype, 'add', double)
    expect(new Child().add(1, 2)).toBe(6)
    undo?.()
    expect(Object.getOwnPropertyDescriptors(Parent.prototype)).toEqual(before)
    expect(Parent.prototype.add).toBe(before.add.value)
  })

  test('is left alone by an undo when somebody else has wrapped it since', () => {
    const owner = { add: (one: number, two: number) => one + two }
    const undo = wrapMethod(owner, 'add', double)
    const ours = owner.add
    const theirs = (one: number, two: number): number => ours(one, two) + 1
    owner.add = theirs
    undo?.()
    expect(owner.add).toBe(theirs)
  })

  test('does nothing any more once undone, so that wrapping it again above somebody else doubles nothing', () => {
    const owner = { add: (one: number, two: number) => one + two }
    const undo = wrapMethod(owner, 'add', double)
    const ours = owner.add
    owner.add = (one: number, two: number): number => ours(one, two) + 1
    undo?.()
    expect(owner.add(1, 2)).toBe(4)
    wrapMethod(owner, 'add', double)
    expect(owner.add(1, 2)).toBe(8)
  })

  test('that was left behind by somebody else is gone when the method is wrapped and restored once again', () => {
    const owner = { add: (one: number, two: number) => one + two }
    const original = owner.add
    const undo = wrapMethod(owner, 'add', double)
    const ours = owner.add
    owner.add = (one: number, two: number): number => ours(one, two) + 1
    undo?.()
    owner.add = ours
    expect(owner.add(1, 2)).toBe(3)
    const undoAgain = wrapMethod(owner, 'add', double)
    expect(owner.add(1, 2)).toBe(6)
    undoAgain?.()
    expect(owner.add).toBe(original)
  })

  test.each([
    ['is missing', {}],
    ['is no method', { add: 5 }],
    ['is an accessor', Object.defineProperty({}, 'add', { get: () => () => 0, configurable: true })],
    ['cannot be changed', Object.freeze({ add: () => 0 })],
  ])('that %s is not wrapped', (_, owner) => {
    const before = Object.getOwnPropertyDescriptors(owner)
    expect(wrapMethod(owner, 'add', double)).toBeUndefined()
    expect(Object.getOwnPropertyDescriptors(owner)).toEqual(before)
  })
})

test('a disguised function is called in the place of another, and looks like it to the console, too', async () => {
  const original = Object.assign(
    async function* count(start: number) {
      yield start
    },
    { note: 'own' },
  )
  const disguised = disguise(original, (receiver, [start]) => original.call(receiver, start + 1))
  expect(await disguised(1).next()).toEqual({ done: false, value: 2 })
  expect(inspect(disguised)).toBe("[AsyncGeneratorFunction: count] { note: 'own' }")
  expect(inspect(disguised)).toBe(inspect(original))
  expect([disguised.name, disguised.length]).toEqual(['count', 1])
})

test('an overridden method shows up neither in the keys of its object nor in its class', () => {
  const object = new Child()
  overrideMethod(object, 'add', () => 7)
  expect(object.add(1, 2)).toBe(7)
  expect(Object.keys(object)).toEqual([])
  expect(new Child().add(1, 2)).toBe(3)
})
