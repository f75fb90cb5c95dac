import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Refusal } from '../receiver/refusal.ts'
import { FIRST_SPANS } from './first-spans.ts'
import { CONTENT_SECURITY_POLICY, SAFE_HEADERS } from './guard.ts'

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

/** Where the page gets the token from: what another site cannot read. */
const TOKEN_PLACE = '{{token}}'

/** The built page: beside this file in the package, in `dist/page` seen from the source. */
function pageFolder(): URL {
  return import.meta.url.endsWith('.ts')
    ? new URL('../../dist/page/', import.meta.url)
    : new URL('./page/', import.meta.url)
}

/** The files of the page, from memory: nothing that is asked becomes a path. */
export class PageFiles {
  readonly #files: ReadonlyMap<string, Buffer>

  constructor(token: string) {
    this.#files = readFiles(token)
  }

  /** @throws Refusal 404, 405. */
  serve(path: string, request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new Refusal(405, 'The page is asked by GET', { allow: 'GET, HEAD' })
    }
    // Addresses of the page's views are all the same file.
    const name = path.includes('.') ? path.slice(1) : 'index.html'
    const file = this.#files.get(name)
    if (!file) throw new Refusal(404, missing(this.#files.size, path))
    response.writeHead(200, {
      ...SAFE_HEADERS,
      ...askedFirst(path),
      'content-type': CONTENT_TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
      'content-security-policy': CONTENT_SECURITY_POLICY,
    })
    response.end(request.method === 'HEAD' ? undefined : file)
  }
}

const A_TRACE = /^\/traces\/[0-9a-f]{32}$/

/** What the page will ask for first, where that may take its time: the browser asks before the page's script has begun. */
function askedFirst(path: string): { readonly link?: string } {
  if (!A_TRACE.test(path)) return {}
  const columns = `/api${path}/columns`
  const link = [`${columns}?first=${FIRST_SPANS}`, columns].map((url) => `<${url}>; rel=preload; as=fetch; crossorigin`)
  return { link: link.join(', ') }
}

function missing(files: number, path: string): string {
  return files === 0 ? 'The page is not built; run npx -y pnpm@12 build' : `There is no file ${path}`
}

function readFiles(token: string): ReadonlyMap<string, Buffer> {
  const folder = pageFolder()
  if (!existsSync(folder)) return new Map()
  return new Map(
    readdirSync(folder).map((name) => {
      const bytes = readFileSync(new URL(name, folder))
      return [name, name === 'index.html' ? Buffer.from(bytes.toString().replace(TOKEN_PLACE, token)) : bytes]
    }),
  )
}
