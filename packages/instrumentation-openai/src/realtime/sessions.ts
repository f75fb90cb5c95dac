import type { ObservedSession, SocketOrigin } from '../seam/observer.ts'
import { LiveSession } from './live-session.ts'
import { RealtimeSession } from './realtime-session.ts'
import { ResponsesSession } from './responses-session.ts'
import type { BeginCall } from './session.ts'

const LIVE = /\/(?:live\/sessions(?:\/[^/]+\/\w+)?|realtime\/translations)$/

/** Who knows the events of this socket: its URL tells which API it speaks. */
export function sessionOf(
  { url: { pathname, searchParams }, parent }: SocketOrigin,
  begin: BeginCall,
): ObservedSession {
  if (pathname.endsWith('/responses')) return new ResponsesSession(begin, parent)
  const model = searchParams.get('model') ?? searchParams.get('deployment') ?? undefined
  if (LIVE.test(pathname)) return new LiveSession(begin, model, parent, pathname.endsWith('/attach'))
  return new RealtimeSession(begin, model, parent)
}
