import type { JSX } from 'preact'
import { bytes } from '../format.ts'

/** Texts longer than this are folded. */
const LONG = 400
const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+)?;base64,/

/** A value of an attribute: as text, never as HTML. */
export function Value({ value }: { value: unknown }): JSX.Element {
  if (typeof value !== 'string') return <code>{JSON.stringify(value)}</code>
  const data = DATA_URL.exec(value)
  if (data) {
    return (
      <span class="pill">
        {data[1] ?? 'data'} · {bytes(Math.round((value.length - data[0].length) * 0.75))}
      </span>
    )
  }
  if (value.length <= LONG) return <span class="text">{value}</span>
  return (
    <details>
      <summary>
        {value.slice(0, 120)}… <span class="quiet">{value.length.toLocaleString('en')} characters</span>
      </summary>
      <span class="text">{value}</span>
    </details>
  )
}

/** Attributes as a table. */
export function AttributeTable({ attributes, label }: { attributes: object; label: string }): JSX.Element {
  const entries = Object.entries(attributes).toSorted(([a], [b]) => a.localeCompare(b))
  if (entries.length === 0) return <p class="quiet">No attributes.</p>
  return (
    <table class="attributes" aria-label={label}>
      <tbody>
        {entries.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <Value value={value} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
