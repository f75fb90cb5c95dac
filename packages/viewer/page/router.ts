import { useEffect, useState } from 'preact/hooks'

/** Where the page is: every state of it has an address that can be kept and shared. */
export interface Place {
  readonly path: string
  readonly query: URLSearchParams
}

const MOVED = 'tokenmeter:moved'

function here(): Place {
  return { path: location.pathname, query: new URLSearchParams(location.search) }
}

/** Goes to an address of the page. */
export function go(address: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  if (replace) history.replaceState(null, '', address)
  else history.pushState(null, '', address)
  dispatchEvent(new Event(MOVED))
}

/** The same place with other parameters; what is empty goes. */
export function withQuery(change: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams(location.search)
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined || value === '') query.delete(name)
    else query.set(name, value)
  }
  const text = query.toString()
  return `${location.pathname}${text === '' ? '' : `?${text}`}`
}

export function usePlace(): Place {
  const [place, setPlace] = useState(here)
  useEffect(() => {
    const update = (): void => setPlace(here())
    addEventListener('popstate', update)
    addEventListener(MOVED, update)
    return () => {
      removeEventListener('popstate', update)
      removeEventListener(MOVED, update)
    }
  }, [])
  return place
}

/** Links of the page lead within it; those with a key held, or elsewhere, are the browser's. */
export function followLink(event: MouseEvent): void {
  const link = (event.target as Element | null)?.closest?.('a')
  if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return
  event.preventDefault()
  go(link.pathname + link.search)
}
