import { useCallback, useEffect, useRef, useState } from 'preact/hooks'

/** What a question to the viewer has come to. */
export interface Answer<Value> {
  readonly value: Value | undefined
  readonly error: string | undefined
  readonly isLoading: boolean
  readonly reload: () => void
}

/** Asks the viewer. */
export async function ask<Value>(path: string): Promise<Value> {
  const response = await fetch(path)
  const body = (await response.json()) as Value & { readonly error?: string }
  if (!response.ok) throw new Error(body.error ?? `${path} answered ${response.status}`)
  return body
}

/** Sends what only this page may: it has the token. */
export async function send(path: string, body?: string): Promise<Response> {
  const token = document.querySelector<HTMLMetaElement>('meta[name="tokenmeter-token"]')?.content ?? ''
  const headers = { 'x-tokenmeter-token': token, ...(body !== undefined && { 'content-type': 'application/json' }) }
  return await fetch(path, { method: 'POST', headers, ...(body !== undefined && { body }) })
}

/**
 * The answer to a path. While the next one is on its way the one before stays, so that nothing flickers.
 *
 * @param path `undefined` asks nothing.
 */
export function useAnswer<Value>(path: string | undefined): Answer<Value> {
  const [state, setState] = useState<{ value?: Value; error?: string; path?: string | undefined }>({})
  const [turn, setTurn] = useState(0)
  const latest = useRef(0)
  useEffect(() => {
    if (path === undefined) return
    latest.current += 1
    const own = latest.current
    const settle = (next: { value?: Value; error?: string }): void => {
      if (own === latest.current) setState({ ...next, path })
    }
    ask<Value>(path).then(
      (value) => settle({ value }),
      (error: unknown) => settle({ error: error instanceof Error ? error.message : String(error) }),
    )
  }, [path, turn])
  const reload = useCallback(() => setTurn((before) => before + 1), [])
  return { value: state.value, error: state.error, isLoading: path !== undefined && state.path !== path, reload }
}

/** The viewer tells news ten times a second at most; who looks at a list wants it at once, at a chart not that often. */
const USUAL_REST_MS = 100

/** Runs `onNews` when something new of one of `signals` has come, unless paused; every `restMs` at most, and never without the latest. */
export function useNews(
  signals: readonly string[],
  isPaused: boolean,
  onNews: () => void,
  restMs: number = USUAL_REST_MS,
): void {
  const handler = useRef(onNews)
  handler.current = onNews
  useEffect(() => {
    if (isPaused) return
    const feed = new EventSource('/api/live')
    let rest: ReturnType<typeof setTimeout> | undefined
    let last = Number.NEGATIVE_INFINITY
    const run = (): void => {
      rest = undefined
      last = performance.now()
      handler.current()
    }
    feed.addEventListener('message', ({ data }: MessageEvent<string>) => {
      const news = JSON.parse(data) as string[]
      if (news.some((signal) => signal === 'clear' || signals.includes(signal)))
        rest ??= setTimeout(run, Math.max(0, last + restMs - performance.now()))
    })
    return () => {
      clearTimeout(rest)
      feed.close()
    }
  }, [isPaused, signals.join(), restMs])
}

/** The query of a path: what is absent is left out. */
export function queryOf(parameters: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== '') query.set(name, String(value))
  }
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}
