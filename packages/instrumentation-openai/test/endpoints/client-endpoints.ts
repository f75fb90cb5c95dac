import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** What each verb of the client sends. */
const METHODS: Readonly<Record<string, string>> = {
  get: 'GET',
  getAPIList: 'GET',
  post: 'POST',
  put: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
}
const REQUEST =
  /client\s*\.(get|getAPIList|post|put|patch|delete)\(\s*(?:\(0, path_\d+\.path\)\s*)?(['"`])(.*?)\2([^;]*)/gs

/** Every endpoint that a resource class of the newest openai client calls, as `POST /videos/{}/remix`. */
export function clientEndpoints(): ReadonlySet<string> {
  const root = dirname(createRequire(import.meta.url).resolve('openai'))
  const endpoints = new Set<string>()
  for (const folder of ['resources', 'lib']) {
    for (const file of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      if (file.endsWith('.js')) addEndpoints(readFileSync(join(root, folder, file), 'utf8'), endpoints)
    }
  }
  return endpoints
}

function addEndpoints(source: string, endpoints: Set<string>): void {
  for (const [, verb = '', , path = '', rest = ''] of source.matchAll(REQUEST)) {
    if (!path.startsWith('/')) continue
    // A list may be asked for by POST, as a search of a vector store is.
    const method = /method: 'post'/.test(rest) ? 'POST' : METHODS[verb]
    endpoints.add(`${method} ${path.replaceAll(/\$\{[^}]*\}/g, '{}').replace(/\?.*$/, '')}`)
  }
}
