import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { isTyping } from './filter-bar.tsx'

const KEYS: readonly (readonly [string, string])[] = [
  ['j k', 'next, previous'],
  ['e E', 'next, previous error'],
  ['n N', 'next, previous of what was found in a trace'],
  ['Enter', 'open'],
  ['/', 'filter'],
  ['?', 'these keys'],
]

/** The keys of the page; `?` shows them. */
export function Keys(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.key === '?' && !isTyping(event)) dialog.current?.showModal()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
  return (
    <dialog ref={dialog} aria-label="Keys">
      <h2>Keys</h2>
      <dl class="keys">
        {KEYS.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  )
}
