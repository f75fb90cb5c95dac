import type { JSX } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { SpanRow } from '../../src/query/traces.ts'
import { count, seconds, usd } from '../format.ts'
import { decimalOf, type TreeLine, treeOf } from '../tree.ts'
import { isTyping } from './filter-bar.tsx'
import { VirtualList } from './virtual-list.tsx'

const ROW_HEIGHT = 30
/** Pixels by which a level is moved to the right; deep ones stop moving. */
const INDENT = 14
const DEEPEST_INDENT = 12

interface Props {
  readonly spans: readonly SpanRow[]
  readonly selected: number | undefined
  readonly onSelect: (span: SpanRow) => void
}

/** The spans of a trace as bars over time, with what each and all below it cost. */
export function Waterfall({ spans, selected, onSelect }: Props): JSX.Element {
  const [isFolded, setFolded] = useState<ReadonlySet<number>>(new Set())
  const lines = useMemo(() => treeOf(spans), [spans])
  const [wanted, setWanted] = useState('')
  const shown = useMemo(() => unfolded(lines, isFolded), [lines, isFolded])
  const found = useMemo(() => matching(shown, wanted), [shown, wanted])
  const { from, length } = useMemo(() => extentOf(spans), [spans])
  const at = shown.findIndex(({ span }) => span.id === selected)
  useStepKeys(shown, found, at, onSelect)
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
        onNext={(step) => stepTo(shown, at, step, (line) => found.has(line), onSelect)}
      />
      <VirtualList
        items={shown}
        rowHeight={ROW_HEIGHT}
        label="Spans of the trace"
        role="tree"
        selected={at}
        row={(line) => {
          const { span, depth, isOrphan, total } = line
          const hasChildren = line.hasChildren
          const left = (100 * (span.start - from)) / length
          const width = Math.max(0.2, (100 * span.duration * 1000) / length)
          const first = span.call?.timeToFirstChunk
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
                  {span.name}
                  {isOrphan && (
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
                  {first !== null && first !== undefined && (
                    <rect
                      class="bar waiting"
                      x={`${left}%`}
                      width={`${Math.min(width, (100 * first * 1000) / length)}%`}
                      y="5"
                      height="4"
                    />
                  )}
                </svg>
              </span>
              <span class="number">{seconds(span.duration)}</span>
              <span class="number quiet">{total.tokens > 0 ? count(total.tokens) : ''}</span>
              <span class="number">{total.picoUsd > 0n ? usd(decimalOf(total.picoUsd)) : ''}</span>
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
  readonly onNext: (step: 1 | -1) => void
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

function matching(lines: readonly ShownLine[], wanted: string): ReadonlySet<TreeLine> {
  const text = wanted.trim().toLowerCase()
  if (text === '') return new Set()
  return new Set(
    lines.filter(({ span: { name, role, service, call } }) =>
      [name, role, service, call?.model, call?.errorType].some((held) => held?.toLowerCase().includes(text)),
    ),
  )
}

/** Selects the next line, or the one before, that `isWanted`; none, if there is none. */
function stepTo(
  lines: readonly TreeLine[],
  at: number,
  step: 1 | -1,
  isWanted: (line: TreeLine) => boolean,
  onSelect: (span: SpanRow) => void,
): void {
  for (let index = at + step; index >= 0 && index < lines.length; index += step) {
    const line = lines[index] as TreeLine
    if (!isWanted(line)) continue
    onSelect(line.span)
    return
  }
}

interface ShownLine extends TreeLine {
  readonly hasChildren: boolean
}

function unfolded(lines: readonly TreeLine[], isFolded: ReadonlySet<number>): readonly ShownLine[] {
  const shown: ShownLine[] = []
  let hiddenBelow = Number.POSITIVE_INFINITY
  for (const [index, line] of lines.entries()) {
    if (line.depth > hiddenBelow) continue
    hiddenBelow = isFolded.has(line.span.id) ? line.depth : Number.POSITIVE_INFINITY
    shown.push({ ...line, hasChildren: (lines[index + 1]?.depth ?? 0) > line.depth })
  }
  return shown
}

function extentOf(spans: readonly SpanRow[]): { readonly from: number; readonly length: number } {
  let from = Number.POSITIVE_INFINITY
  let to = 0
  for (const { start, duration } of spans) {
    from = Math.min(from, start)
    to = Math.max(to, start + duration * 1000)
  }
  return { from, length: Math.max(0.001, to - from) }
}

/** `j` and `k` go from line to line, `e` and `E` to errors, `n` and `N` to what was found. */
function useStepKeys(
  lines: readonly TreeLine[],
  found: ReadonlySet<TreeLine>,
  at: number,
  onSelect: (span: SpanRow) => void,
): void {
  useEffect(() => {
    const wantedBy: Readonly<Record<string, (line: TreeLine) => boolean>> = {
      j: () => true,
      e: ({ span }) => span.failed,
      n: (line) => found.has(line),
    }
    const press = (event: KeyboardEvent): void => {
      if (isTyping(event) || event.metaKey || event.ctrlKey) return
      const isWanted = wantedBy[event.key === 'k' ? 'j' : event.key.toLowerCase()]
      const step = event.key === 'k' || event.key !== event.key.toLowerCase() ? -1 : 1
      if (isWanted) stepTo(lines, at, step, isWanted, onSelect)
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [lines, found, at])
}
