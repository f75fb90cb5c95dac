import { asObject, type JsonObject } from '../wire/json.ts'
import { administration, routeOf } from './administration.ts'
import { batch, batchRetrieval } from './batches.ts'
import { chat } from './chat.ts'
import { completions } from './completions.ts'
import { decisions } from './decisions.ts'
import { embeddings } from './embeddings.ts'
import { images } from './images.ts'
import { moderations } from './moderations.ts'
import { responseRetrieval } from './response-retrieval.ts'
import { compaction, responses, tokenCount } from './responses.ts'
import type { OperationRow, RequestTarget } from './row.ts'
import { search } from './search.ts'
import { speech } from './speech.ts'
import { transcription, translation } from './transcriptions.ts'
import { video, videoRetrieval } from './videos.ts'

/** Method and path → what we know about the endpoint. `{}` stands for an id. A new endpoint is a new row. */
export const ENDPOINTS: readonly (readonly [endpoint: string, row: OperationRow])[] = [
  ['POST /chat/completions', chat],
  ['POST /responses', responses],
  ['GET /responses/{}', responseRetrieval],
  ['POST /responses/compact', compaction],
  ['POST /responses/input_tokens', tokenCount],
  ['POST /completions', completions],
  ['POST /embeddings', embeddings],
  ['POST /images/generations', images],
  ['POST /images/edits', images],
  ['POST /images/variations', images],
  ['POST /audio/speech', speech],
  ['POST /audio/transcriptions', transcription],
  ['POST /audio/translations', translation],
  ['POST /moderations', moderations],
  ['POST /decisions', decisions],
  ['POST /videos', video],
  ['POST /videos/edits', video],
  ['POST /videos/extensions', video],
  ['POST /videos/{}/remix', video],
  ['GET /videos/{}', videoRetrieval],
  ['POST /vector_stores/{}/search', search],
  ['POST /batches', batch],
  ['GET /batches/{}', batchRetrieval],
]

/** What a request is for. */
export interface FoundOperation {
  readonly row: OperationRow
  readonly target: RequestTarget
}

interface Route {
  readonly method: string
  readonly segments: readonly string[]
  readonly row: OperationRow
}

const NO_QUERY: JsonObject = {}
const ID = '{}'

/** The longest first: `/chat/completions` ends in `/completions`, too. */
const ROUTES: readonly Route[] = ENDPOINTS.map(([endpoint, row]) => {
  const [method = '', path = ''] = endpoint.split(' ')
  return { method, segments: path.split('/').slice(1), row }
}).toSorted((a, b) => literals(b) - literals(a))

/** Paths as the client's own methods write them, without ids: a single look-up for nearly every call. */
const PLAIN: ReadonlyMap<string, FoundOperation> = new Map(
  ENDPOINTS.flatMap(([endpoint, row]) => {
    const [method = '', path = ''] = endpoint.split(' ')
    if (method !== 'POST' || path.includes(ID)) return []
    return [[path, { row, target: { ids: [], query: NO_QUERY, route: endpoint } }] as const]
  }),
)

function literals({ segments }: Route): number {
  return segments.length * 2 - segments.filter((segment) => segment === ID).length
}

/**
 * The row for a request, or `undefined` for an endpoint nobody measures.
 *
 * @param withAdministration whether the endpoints that manage things, such as files and models, are measured.
 */
export function findOperation(
  method: unknown,
  path: unknown,
  query?: unknown,
  withAdministration = false,
): FoundOperation | undefined {
  if (typeof method !== 'string' || typeof path !== 'string') return undefined
  const verb = method === 'post' ? 'POST' : method.toUpperCase()
  return (verb === 'POST' ? PLAIN.get(path) : undefined) ?? findRoute(verb, path, query, withAdministration)
}

/**
 * Paths written by hand, as in `client.post('https://host/v1/chat/completions?x=1')` or with an Azure deployment in them, end like
 * the client's own.
 */
function findRoute(
  method: string,
  path: string,
  query: unknown,
  withAdministration: boolean,
): FoundOperation | undefined {
  const segments = path
    .replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '')
    .replace(/[?#].*$/s, '')
    .split('/')
    .filter((segment) => segment !== '')
  for (const { method: verb, segments: template, row } of ROUTES) {
    const ids = verb === method ? matchEnd(segments, template) : undefined
    if (ids)
      return { row, target: { ids, query: asObject(query) ?? NO_QUERY, route: `${verb} /${template.join('/')}` } }
  }
  if (!withAdministration) return undefined
  return { row: administration, target: { ids: [], query: NO_QUERY, route: routeOf(method, segments) } }
}

/** The ids that stand where the template has `{}`, if the path ends as the template says. */
function matchEnd(segments: readonly string[], template: readonly string[]): readonly string[] | undefined {
  const skipped = segments.length - template.length
  if (skipped < 0) return undefined
  const ids: string[] = []
  for (const [index, expected] of template.entries()) {
    const segment = segments[skipped + index] ?? ''
    if (expected === ID) ids.push(segment)
    else if (expected !== segment) return undefined
  }
  return ids
}
