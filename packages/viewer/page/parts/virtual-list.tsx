import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'

interface Props<Item> {
  readonly items: ArrayLike<Item>
  /** Height of a row, in pixels: all rows have the same. */
  readonly rowHeight: number
  readonly label: string
  readonly role?: 'list' | 'tree' | 'rowgroup'
  readonly row: (item: Item, index: number) => ComponentChildren
  /** The row that is to be seen. */
  readonly selected?: number
  readonly onEnd?: () => void
}

/** Rows beyond the window that are drawn, too, so that scrolling shows no gap. */
const MARGIN = 12

/** A list of which only the rows in the window are drawn, however long it is. */
export function VirtualList<Item>({ items, rowHeight, label, role, row, selected, onEnd }: Props<Item>): JSX.Element {
  const box = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, height: 800 })
  const measure = (): void => {
    const element = box.current
    if (element) setView({ top: element.scrollTop, height: element.clientHeight })
  }
  useLayoutEffect(measure, [])
  useEffect(() => {
    addEventListener('resize', measure)
    return () => removeEventListener('resize', measure)
  }, [])
  useEffect(() => {
    const element = box.current
    if (!element || selected === undefined || selected < 0) return
    const top = selected * rowHeight
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + rowHeight > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + rowHeight - element.clientHeight
    }
  }, [selected, rowHeight])
  const first = Math.max(0, Math.floor(view.top / rowHeight) - MARGIN)
  const last = Math.min(items.length, Math.ceil((view.top + view.height) / rowHeight) + MARGIN)
  useEffect(() => {
    if (last >= items.length && items.length > 0) onEnd?.()
  }, [last, items.length])
  return (
    <div class="scroller" ref={box} onScroll={measure} role={role ?? 'list'} aria-label={label} tabIndex={0}>
      <div style={{ height: `${items.length * rowHeight}px`, position: 'relative' }} role="presentation">
        <div style={{ position: 'absolute', insetInline: 0, top: `${first * rowHeight}px` }} role="presentation">
          {Array.from({ length: last - first }, (_, index) => row(items[first + index] as Item, first + index))}
        </div>
      </div>
    </div>
  )
}
