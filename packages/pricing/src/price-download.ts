import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { untraced } from '@tokenmeter/meter'
import type { PriceRefreshPlan } from './price-refresh-settings.ts'

/** A connection that is being made holds the process, whatever one does: 2 s at most, as at every end of a process. */
const CONNECT_TIMEOUT_MS = 2000

/**
 * The text of a file of prices. While it is awaited nothing of it keeps the process alive, and it is not traced.
 *
 * @param signal gives up.
 * @throws Error when it cannot be had, takes longer or is larger than it may, with a reason for people.
 */
export function downloadPrices(plan: PriceRefreshPlan, signal: AbortSignal): Promise<string> {
  const { source } = plan
  if (typeof source === 'string') return readFileOf(source, plan, signal)
  return untraced(() => get(source, plan, signal))
}

async function readFileOf(
  path: string,
  { timeoutMs, maxBytes }: PriceRefreshPlan,
  signal: AbortSignal,
): Promise<string> {
  const { readFile, stat } = process.getBuiltinModule('node:fs/promises')
  const facts = await stat(path)
  // A pipe or a device may never end.
  if (!facts.isFile()) throw new Error('it is no file')
  if (facts.size > maxBytes) throw tooLarge(maxBytes)
  return await readFile(path, { encoding: 'utf8', signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) })
}

async function get(url: URL, { timeoutMs, maxBytes }: PriceRefreshPlan, signal: AbortSignal): Promise<string> {
  const http = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http')
  // No agent: nothing of this request stays open. No compression: what is small on the wire must not be large here.
  const headers = { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'tokenmeter-prices' }
  const request = http.get(url, { agent: false, headers, signal })
  let isLate = false
  const deadline = setTimeout(() => {
    isLate = true
    request.destroy()
  }, timeoutMs)
  deadline.unref()
  try {
    return await textOf(await responseTo(request), maxBytes)
  } catch (error) {
    throw isLate ? new Error(`it took more than ${timeoutMs} ms`) : error
  } finally {
    clearTimeout(deadline)
    request.destroy()
  }
}

function responseTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve)
    request.on('error', reject)
    request.once('socket', (socket) => letGo(socket, request))
  })
}

function letGo(socket: Socket, request: ClientRequest): void {
  socket.unref()
  const giveUp = setTimeout(
    () => request.destroy(new Error(`no connection within ${CONNECT_TIMEOUT_MS} ms`)),
    CONNECT_TIMEOUT_MS,
  )
  giveUp.unref()
  for (const event of ['connect', 'close'] as const) socket.once(event, () => clearTimeout(giveUp))
}

async function textOf(response: IncomingMessage, maxBytes: number): Promise<string> {
  const { statusCode = 0, headers } = response
  if (statusCode >= 300 && statusCode < 400)
    throw new Error(`HTTP ${statusCode}: it is elsewhere, and redirects are not followed`)
  if (statusCode !== 200) throw new Error(`HTTP ${statusCode}`)
  if (Number(headers['content-length']) > maxBytes) throw tooLarge(maxBytes)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) throw tooLarge(maxBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const tooLarge = (maxBytes: number): Error => new Error(`it has more than ${maxBytes} bytes`)
