import type { CallRequest, Recorder } from '@tokenmeter/meter'
import { ChargeLog } from './charge-log.ts'
import type { OperationRow, RequestTarget } from './operations/row.ts'
import { findOperation } from './operations/table.ts'
import { deploymentOf, destinationOf } from './provider.ts'
import type { Beginning, ObservedCall, Observer } from './seam/observer.ts'
import type { RequestOptions } from './seam/shapes.ts'
import { WatchedCall } from './watched-call.ts'
import { fieldsOfBody } from './wire/form.ts'

/** Makes calls out of what the seam sees, and hands them to a recorder. */
export class CallWatcher implements Observer {
  readonly #recorder: Recorder
  readonly #onFirstCall: (provider: string, model: string) => void
  readonly #withAdministration: boolean
  readonly #charged = new ChargeLog()
  #isFirst = true

  /**
   * @param onFirstCall runs once, when the first call has been sent on its way.
   * @param withAdministration whether requests that manage things are calls, too.
   */
  constructor(recorder: Recorder, onFirstCall: (provider: string, model: string) => void, withAdministration = false) {
    this.#recorder = recorder
    this.#onFirstCall = onFirstCall
    this.#withAdministration = withAdministration
  }

  begin(client: object, options: RequestOptions, beginning: Beginning): ObservedCall | undefined {
    const found = findOperation(options.method, options.path, options.query, this.#withAdministration)
    if (!found) return undefined
    const { row, target } = found
    const { provider, server } = destinationOf(client, options.path)
    const request = readRequest(row, options.body, target, provider, client)
    if (this.#isFirst) {
      this.#isFirst = false
      setImmediate(this.#onFirstCall, provider, request.model ?? '')
    }
    const open = this.#recorder.start(
      {
        operation: row.operation,
        provider,
        ...(server && { server }),
        request,
        startTime: beginning.wallMs,
      },
      beginning.parent,
    )
    return new WatchedCall(row, request, open, beginning.monotonicMs, this.#charged, client.constructor)
  }
}

function readRequest(
  row: OperationRow,
  body: unknown,
  target: RequestTarget,
  provider: string,
  client: object,
): CallRequest {
  const request = row.readRequest(fieldsOfBody(body), target)
  if (provider !== 'azure.ai.openai') return request
  const deployment = deploymentOf(client) ?? request.model
  if (deployment === undefined) return request
  return { ...request, model: request.model ?? deployment, deployment }
}
