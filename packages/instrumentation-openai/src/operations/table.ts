import { chat } from './chat.ts'
import { completions } from './completions.ts'
import { embeddings } from './embeddings.ts'
import { responses } from './responses.ts'
import type { OperationRow } from './row.ts'

/** Path of a POST → what we know about it. A new endpoint is a new row. */
const TABLE: ReadonlyMap<string, OperationRow> = new Map([
  ['/chat/completions', chat],
  ['/responses', responses],
  ['/completions', completions],
  ['/embeddings', embeddings],
])

/** The row for a request, or `undefined` for an endpoint nobody measures. */
export function findOperation(method: unknown, path: unknown): OperationRow | undefined {
  if (typeof method !== 'string' || typeof path !== 'string') return undefined
  if (method !== 'post' && method.toLowerCase() !== 'post') return undefined
  return TABLE.get(path) ?? TABLE.get(normalisePath(path))
}

/**
 * Paths written by hand, as in `client.post('https://host/v1/chat/completions?x=1')` or with an Azure deployment in them, end like
 * the client's own.
 */
function normalisePath(path: string): string {
  const bare = path.replace(/[?#].*$/s, '').replace(/\/+$/, '')
  const segments = bare.split('/')
  const last = segments.at(-1) ?? ''
  const isChat = last === 'completions' && segments.at(-2) === 'chat'
  return isChat ? '/chat/completions' : `/${last}`
}
