import { AsyncLocalStorage } from 'node:async_hooks'
import { type Context, context, type ContextManager, createContextKey, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { afterAll, describe, expect, test } from 'vitest'
import { CHAT } from '../harmless/scenario.ts'
import { watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { spans } from '../support/spans.ts'
import { chatCompletion, rateLimited } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

/** What happens when a context is to become active: `run` makes the one it is given the active one. */
type Enter = <Result>(active: Context, run: (active: Context) => Result) => Result

class OtherContextManager extends AsyncLocalStorageContextManager {
  readonly #enter: Enter

  constructor(enter: Enter) {
    super()
    this.#enter = enter
  }

  override with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    active: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#enter(active, (entered) => super.with(entered, fn, thisArg, ...args))
  }
}

const SCOPE = createContextKey('scope')

/** As Sentry's: what becomes active is never the context that it is given, but one made of it. */
const derive: Enter = (active, run) => run(active.setValue(SCOPE, {}))

/** Whose span is active for those that know nothing of OpenTelemetry. */
const scope = new AsyncLocalStorage<string | undefined>()

/** As dd-trace's: it looks for the span when a context becomes active, and makes it active in a world of its own. */
const bridge: Enter = (active, run) => scope.run(trace.getSpan(active)?.spanContext().spanId, () => run(active))

const activeId = (): string | undefined => trace.getActiveSpan()?.spanContext().spanId

const MANAGERS: readonly (readonly [string, (() => ContextManager) | undefined])[] = [
  ['nobody keeps contexts', undefined],
  ['contexts are kept as they are', () => new AsyncLocalStorageContextManager()],
  ['others are made of them', () => new OtherContextManager(derive)],
  ['they are looked at when they become active', () => new OtherContextManager(bridge)],
]

function useManager(create: (() => ContextManager) | undefined): void {
  context.disable()
  if (create) context.setGlobalContextManager(create().enable())
}

afterAll(() => context.disable())

describe.each(MANAGERS)('where %s', (name, create) => {
  describe.each(MAJORS)('with openai $major', ({ connect }) => {
    test('a call has its attempts, and is active in each of them, if anything is', async () => {
      useManager(create)
      await using wire = await wireServer([rateLimited(), chatCompletion()])
      const { provider, ended } = spans()
      using watched = watchCalls({ tracerProvider: provider })
      const active: unknown[] = []
      const isBridged = name.startsWith('they are looked at')
      const fetchAndNote: typeof fetch = (...all) => {
        active.push(activeId())
        if (isBridged) active.push(scope.getStore())
        return fetch(...all)
      }
      await connect(wire, { fetch: fetchAndNote as never, maxRetries: 1 }).chat.completions.create(CHAT)
      const [call] = await watched.facts(1)
      expect(call?.attempts.map(({ status }) => status)).toEqual([429, 200])
      const id = create && ended()[0]?.spanContext().spanId
      expect(active).toEqual(isBridged ? [id, id, id, id] : [id, id])
    })

    test('a call that is made on the way of another has its own attempts, and belongs to it', async () => {
      useManager(create)
      await using wire = await wireServer([rateLimited(), chatCompletion(), chatCompletion()])
      const { provider, ended } = spans()
      using watched = watchCalls({ tracerProvider: provider })
      const inner = connect(wire, { maxRetries: 1 })
      const askFirst: typeof fetch = async (...all) => {
        await inner.chat.completions.create({ ...CHAT, model: 'inner' })
        return fetch(...all)
      }
      await connect(wire, { fetch: askFirst as never }).chat.completions.create({ ...CHAT, model: 'outer' })
      const calls = await watched.facts(2)
      expect(calls.map(({ request, attempts }) => [request.model, attempts.map(({ status }) => status)])).toEqual([
        ['inner', [429, 200]],
        ['outer', [200]],
      ])
      const [innerSpan, outerSpan] = ended()
      expect(innerSpan?.parentSpanContext?.spanId).toBe(create && outerSpan?.spanContext().spanId)
    })
  })
})
