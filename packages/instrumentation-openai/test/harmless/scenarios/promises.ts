/* oxlint-disable no-underscore-dangle -- these are the client's own names */
import { inspect } from 'node:util'
import { chatCompletion, wireError } from '../../support/wire-answers.ts'
import { CHAT } from '../scenario.ts'
import type { Scenario } from '../scenario.ts'

interface Unwrappable extends Promise<unknown> {
  _thenUnwrap(transform: (answer: { id: string }) => unknown): Unwrappable
  withResponse(): Promise<{ data: unknown }>
}

/** What an `APIPromise` promises: identity, laziness, unwrapping. */
export const promises: readonly Scenario[] = [
  {
    name: 'an APIPromise is one, and awaiting it again gives the same object',
    script: chatCompletion(),
    calls: ['chat_completion success 200 1117/342'],
    run: async ({ client, print, APIPromise }) => {
      const promise = client.chat.completions.create(CHAT)
      print('is an APIPromise', promise instanceof APIPromise)
      print('class', promise.constructor === APIPromise)
      print('tag', Object.prototype.toString.call(promise))
      print('keys', Reflect.ownKeys(promise).map(String))
      print('console', inspect(promise))
      const first = await promise
      print('same', first === (await promise))
      print('same by then', first === (await promise.then((answer) => answer)))
      print('same by Promise.resolve', first === (await Promise.resolve(promise)))
      print('same by race', first === (await Promise.race([promise, new Promise(() => {})])))
      print(
        'same by all',
        (await Promise.all([promise, promise])).every((answer) => answer === first),
      )
    },
  },
  {
    name: 'then, catch and finally run in their order',
    script: [chatCompletion(), wireError(400)],
    calls: ['chat_completion success 200 1117/342', 'chat_completion error 400 -'],
    run: async ({ client, print }) => {
      const good = client.chat.completions.create(CHAT)
      const order: string[] = []
      const seen = (what: string) => (): void => void order.push(what)
      await Promise.all([
        good.then(seen('then 1')),
        good.finally(seen('finally')),
        good.then(seen('then 2')),
        good.catch(seen('catch')),
      ])
      print('good', order.splice(0))
      const bad = client.chat.completions.create(CHAT)
      await Promise.allSettled([
        bad.then(seen('then')),
        bad.catch(seen('catch 1')),
        bad.finally(seen('finally')),
        bad.catch(seen('catch 2')),
      ])
      print('bad', order)
      const errors = await Promise.all([bad.catch((error: unknown) => error), bad.catch((error: unknown) => error)])
      print('the same error again', errors[0] === errors[1])
    },
  },
  {
    name: '_thenUnwrap gives another APIPromise of the same request',
    script: chatCompletion(),
    calls: ['chat_completion success 200 1117/342'],
    run: async ({ client, print, attempt, APIPromise }) => {
      const promise = client.chat.completions.create(CHAT) as unknown as Unwrappable
      const unwrapped = promise._thenUnwrap((answer) => ({ seen: answer.id }))
      print('is an APIPromise', unwrapped instanceof APIPromise)
      print('value', await unwrapped)
      print('same again', (await unwrapped) === (await unwrapped))
      await attempt('with response', async () => (await unwrapped.withResponse()).data)
    },
  },
  {
    // Up to v6 the body is read twice, which fails for the second reader first; the first one has the answer that was paid for.
    name: 'a call and its _thenUnwrap awaited at the same time',
    script: chatCompletion(),
    calls: ['chat_completion success 200 1117/342'],
    run: async ({ client, print }) => {
      const promise = client.chat.completions.create(CHAT) as unknown as Unwrappable
      const unwrapped = promise._thenUnwrap((answer) => answer.id)
      for (const { status, ...outcome } of await Promise.allSettled([promise, unwrapped])) {
        print(status, 'value' in outcome ? outcome.value : (outcome.reason as Error).name)
      }
    },
  },
  {
    name: '_thenUnwrap whose function throws',
    script: chatCompletion(),
    calls: ['chat_completion error 200 1117/342'],
    run: async ({ client, attempt }) => {
      const promise = client.chat.completions.create(CHAT) as unknown as Unwrappable
      await attempt('value', () =>
        promise._thenUnwrap(() => {
          throw new RangeError('no good')
        }),
      )
    },
  },
]
