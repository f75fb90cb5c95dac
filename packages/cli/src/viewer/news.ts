import type { ViewerClient } from './client.ts'

/**
 * Waits for news of a viewer: spans that have come, or that everything was removed. The first is `open`: from then on nothing is missed. Ends with the viewer, or when
 * `signal` aborts.
 */
export async function* viewerNews(
  { url }: ViewerClient,
  signal: AbortSignal,
): AsyncGenerator<'open' | 'traces' | 'clear'> {
  const feed = (await fetch(`${url}/api/live`)).body?.getReader()
  if (!feed) return
  const cancel = (): void => void feed.cancel().catch(() => undefined)
  signal.addEventListener('abort', cancel)
  if (signal.aborted) cancel()
  yield 'open'
  let text = ''
  const decoder = new TextDecoder()
  for (;;) {
    const { done, value } = await feed.read()
    if (done) return
    text += decoder.decode(value, { stream: true })
    const events = text.split('\n\n')
    text = events.pop() ?? ''
    for (const news of ['clear', 'traces'] as const) {
      if (events.some((event) => event.startsWith('data:') && event.includes(`"${news}"`))) yield news
    }
  }
}
