import type { IncomingMessage } from 'node:http'
import { Refusal } from '../receiver/refusal.ts'

/** Names under which a loopback address is asked. */
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** The header with the token of the page. */
const TOKEN_HEADER = 'x-tokenmeter-token'

/** Host without its port. */
function nameOf(host: string): string {
  return host.replace(/:\d{1,5}$/, '').toLowerCase()
}

/**
 * Lets only requests through that a person on this machine can have meant. A page elsewhere may lead its name to 127.0.0.1 (DNS rebinding), but cannot
 * change the `Host` that a browser sends; and it cannot hide where it is from, by `Origin`.
 *
 * @throws Refusal 403.
 */
export function checkOrigin({ headers }: IncomingMessage): void {
  const { host, origin } = headers
  if (host === undefined || !LOOPBACK.has(nameOf(host))) {
    throw new Refusal(403, `This is asked as ${JSON.stringify(host)}; ask it as 127.0.0.1 or localhost`)
  }
  if (origin !== undefined && !isLoopbackOrigin(origin)) {
    throw new Refusal(403, `A page of ${JSON.stringify(origin)} may not ask this`)
  }
}

function isLoopbackOrigin(origin: string): boolean {
  return URL.canParse(origin) && LOOPBACK.has(new URL(origin).hostname)
}

/**
 * What changes something needs the token that only the page and who started the viewer have.
 *
 * @throws Refusal 401.
 */
export function checkToken({ headers }: IncomingMessage, token: string): void {
  if (headers[TOKEN_HEADER] !== token) {
    throw new Refusal(401, `Send the token of this viewer in the header ${TOKEN_HEADER}`)
  }
}

/** Headers of every answer that a browser may show. */
export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
}

/** Nothing but the files of the viewer itself: no inline script, no other host. */
export const CONTENT_SECURITY_POLICY: string = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')
