/** The platform's `WebSocket` without TLS, for the classes of the client that use it: they insist on `wss:`. */
export class PlainWebSocket extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(String(url).replace('wss:', 'ws:'), protocols)
  }
}
