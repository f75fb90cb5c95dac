import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { go, withQuery } from '../router.ts'

const FIELDS =
  'model served provider operation service feature tenant user session prompt status error unpriced finish trace cost tokens input cached output duration ttft attempts chunks'

/** Terms of a filter: values with spaces are in quotes. */
const termsOf = (filter: string): readonly string[] => filter.match(/(?:[^\s"]+|"[^"]*")+/g) ?? []

function apply(terms: readonly string[]): void {
  go(withQuery({ filter: terms.join(' ') }))
}

/** The filter of the address: as text, and each of its terms as a chip that can be taken away. */
export function FilterBar({ filter }: { filter: string }): JSX.Element {
  const [text, setText] = useState('')
  const input = useRef<HTMLInputElement>(null)
  const terms = termsOf(filter)
  useEffect(() => {
    const focus = (event: KeyboardEvent): void => {
      if (event.key !== '/' || isTyping(event)) return
      event.preventDefault()
      input.current?.focus()
    }
    addEventListener('keydown', focus)
    return () => removeEventListener('keydown', focus)
  }, [])
  return (
    <form
      class="filter"
      role="search"
      onSubmit={(event) => {
        event.preventDefault()
        if (text.trim() === '') return
        apply([...terms, text.trim()])
        setText('')
      }}
    >
      {terms.map((term, index) => (
        <span class="chip" key={`${index}${term}`}>
          {term}
          <button type="button" aria-label={`Remove ${term}`} onClick={() => apply(terms.toSpliced(index, 1))}>
            ×
          </button>
        </span>
      ))}
      <input
        ref={input}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Backspace' && text === '' && terms.length > 0) apply(terms.slice(0, -1))
          if (event.key === 'Escape') event.currentTarget.blur()
        }}
        placeholder="model:gpt-* error:429 cost>0.01 user:u42 words"
        aria-label="Filter"
        title={`Fields: ${FIELDS}. A star stands for anything, a minus before a term for its opposite, other words are searched in what was said.`}
        autocomplete="off"
        spellcheck={false}
      />
    </form>
  )
}

/** Whether a key is meant for a field. */
export function isTyping({ target }: Event): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select')
}
