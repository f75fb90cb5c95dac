import type { Context } from '@opentelemetry/api'
import type { CallRequest } from '@tokenmeter/meter'
import type { OperationRow, RequestTarget } from '../operations/row.ts'
import type { WatchedCall } from '../watched-call.ts'
import type { JsonObject } from '../wire/json.ts'

/**
 * Begins a call over a socket.
 *
 * @param body what the request says, where one was seen.
 */
export type BeginCall = (row: OperationRow, request: CallRequest, body: JsonObject, parent: Context) => WatchedCall

/** Events have no path and no query. */
export const NO_TARGET: RequestTarget = { ids: [], query: {}, route: '' }
