import type { JSX } from 'preact'
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks'
import { count, seconds, usd } from '../format.ts'
import { decimalOf, type SpanTree, type TreeSpan } from '../tree.ts'
import { isTyping } from './filter-bar.tsx'
import { VirtualList } from './virtual-list.tsx'

const ROW_HEIGHT = 30
/** Pixels by which a level is moved to the right; deep ones stop moving. */
const INDENT = 14
const DEEPEST_INDENT = 12

interface Props {
  readonly tree: SpanTree
  /** Sums and missing parents are not shown before all spans are there. */
  readonly isWhole: boolean
  readonly selected: number | undefined
  readonly onSelect: (span: TreeSpan) => void
}

/** The spans of a trace as bars over time, with what each and all below it cost. */
export function Waterfall({ tree, isWhole, selected, onSelect }: Props): JSX.Element {
  const [isFolded, setFolded] = useState<ReadonlySet<number>>(new Set())
  const [wanted, setWanted] = useState('')
  const shown = useMemo(() => tree.unfolded(isFolded), [tree, isFolded])
  const found = useMemo(() => matching(tree, shown, wanted), [tree, shown, wanted])
  const length = useMemo(() => tree.length, [tree])
  const at = useMemo(() => shown.indexOf(tree.lineOf(selected)), [tree, shown, selected])
  const step = useCallback(
    (by: 1 | -1, isWanted: (line: number) => boolean): void => {
      for (let index = at + by; index >= 0 && index < shown.length; index += by) {
        const line = shown[index] as number
        if (!isWanted(line)) continue
        onSelect(tree.at(line).span)
        return
      }
    },
    [tree, shown, at, onSelect],
  )
  useStepKeys(tree, found, step)
  const fold = (id: number): void => {
    const next = new Set(isFolded)
    if (!next.delete(id)) next.add(id)
    setFolded(next)
  }
  return (
    <>
      <FindInTrace
        wanted={wanted}
        found={found.size}
        onWanted={setWanted}
        onNext={(by) => step(by, (line) => found.has(line))}
      />
      <VirtualList
        items={shown}
        rowHeight={ROW_HEIGHT}
        label="Spans of the trace"
        role="tree"
        selected={at}
        row={(line) => {
          const { span, depth, hasChildren, isOrphan, total } = tree.at(line)
          const left = (100 * span.start) / length
          const width = Math.max(0.2, (100 * span.duration) / length)
          const first = span.timeToFirstChunk
          return (
            <div
              key={span.id}
              class={`bar-row ${span.id === selected ? 'selected' : ''} ${found.has(line) ? 'found' : ''}`}
              style={{ height: `${ROW_HEIGHT}px` }}
              role="treeitem"
              aria-level={depth + 1}
              aria-selected={span.id === selected}
              {...(hasChildren && { 'aria-expanded': !isFolded.has(span.id) })}
            >
              <span class="bar-name" style={{ paddingLeft: `${Math.min(depth, DEEPEST_INDENT) * INDENT}px` }}>
                {hasChildren ? (
                  <button
                    class="fold"
                    type="button"
                    aria-label={isFolded.has(span.id) ? 'Unfold' : 'Fold'}
                    onClick={() => fold(span.id)}
                  >
                    {isFolded.has(span.id) ? '▸' : '▾'}
                  </button>
                ) : (
                  <span class="fold" />
                )}
                <button class="bar-link" type="button" onClick={() => onSelect(span)} title={span.name}>
                  {span.failed && <span class="status error">error</span>}
                  {span.role !== 'other' && <span class={`role ${span.role}`}>{span.role}</span>}
                  <span class="span-name">{span.name}</span>
                  {isOrphan && isWhole && (
                    <span class="pill" title="The span that began this one has not come">
                      parent missing
                    </span>
                  )}
                </button>
              </span>
              <span class="bar-track" aria-hidden="true">
                <svg width="100%" height="14" preserveAspectRatio="none">
                  <rect
                    class={`bar ${span.role} ${span.failed ? 'failed' : ''}`}
                    x={`${left}%`}
                    width={`${width}%`}
                    y="2"
                    height="10"
                    rx="2"
                  />
                  {first !== null && (
                    <rect
                      class="bar waiting"
                      x={`${left}%`}
                      width={`${Math.min(width, (100 * first) / length)}%`}
                      y="5"
                      height="4"
                    />
                  )}
                </svg>
              </span>
              <span class="number">{seconds(span.duration / 1000)}</span>
              <span class="number quiet">{isWhole && total.tokens > 0 ? count(total.tokens) : ''}</span>
              <span class="number">{isWhole && total.picoUsd > 0n ? usd(decimalOf(total.picoUsd)) : ''}</span>
            </div>
          )
        }}
      />
    </>
  )
}

interface FindProps {
  readonly wanted: string
  readonly found: number
  readonly onWanted: (wanted: string) => void
  readonly onNext: (by: 1 | -1) => void
}

/** A field that marks the spans that have a text in their name, role, service, model or error; Enter goes to the next. */
function FindInTrace({ wanted, found, onWanted, onNext }: FindProps): JSX.Element {
  return (
    <p class="find">
      <input
        type="search"
        value={wanted}
        placeholder="find in this trace"
        aria-label="Find in this trace"
        onInput={({ currentTarget }) => onWanted(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onNext(event.shiftKey ? -1 : 1)
          if (event.key === 'Escape') event.currentTarget.blur()
        }}
      />{' '}
      <span class="quiet" role="status">
        {wanted !== '' && `${count(found)} found`}
      </span>
    </p>
  )
}

function matching(tree: SpanTree, shown: Int32Array, wanted: string): ReadonlySet<number> {
  const text = wanted.trim().toLowerCase()
  return text === '' ? new Set() : new Set(shown.filter(tree.finder(text)))
}

/** Selects the next line, or the one before, that is wanted; none, if there is none. */
type Step = (by: 1 | -1, isWanted: (line: number) => boolean) => void

/** `j` and `k` go from line to line, `e` and `E` to errors, `n` and `N` to what was found. */
function useStepKeys(tree: SpanTree, found: ReadonlySet<number>, step: Step): void {
  useEffect(() => {
    const wantedBy: Readonly<Record<string, (line: number) => boolean>> = {
      j: () => true,
      e: (line) => tree.isFailed(line),
      n: (line) => found.has(line),
    }
    const press = (event: KeyboardEvent): void => {
      if (isTyping(event) || event.metaKey || event.ctrlKey) return
      const isWanted = wantedBy[event.key === 'k' ? 'j' : event.key.toLowerCase()]
      if (isWanted) step(event.key === 'k' || event.key !== event.key.toLowerCase() ? -1 : 1, isWanted)
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [tree, found, step])
}
