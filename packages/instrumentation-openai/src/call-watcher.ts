import {
  builtIn,
  type CallRequest,
  type CallStart,
  guard,
  type OpenCall,
  type PendingRequest,
  type Provider,
  reachesEvent,
  type Recorder,
  reportFailure,
} from '@tokenmeter/meter'
import type { RequestContext } from '@tokenmeter/pricing'
import { CallContent } from './call-content.ts'
import { ChargeLog } from './charge-log.ts'
import { readAzureRequest } from './azure-request.ts'
import type { Estimator } from './estimate/estimator.ts'
import { batchOutput } from './operations/batch-output.ts'
import type { OperationRow } from './operations/row.ts'
import { type FoundOperation, findOperation } from './operations/table.ts'
import { type Destination, destinationOf, destinationOfSocket } from './provider.ts'
import type { BeginCall } from './realtime/session.ts'
import { sessionOf } from './realtime/sessions.ts'
import type { Beginning, ObservedCall, ObservedSession, Observer, SocketOrigin } from './seam/observer.ts'
import type { AnyFunction } from './seam/patch.ts'
import type { RequestOptions } from './seam/shapes.ts'
import type { StreamUsage, UsageQuestion } from './stream-usage.ts'
import { type EstimateStream, WatchedCall } from './watched-call.ts'
import { fieldsOfBody } from './wire/form.ts'
import { asObject, asText, type JsonObject } from './wire/json.ts'

/** Makes calls out of what the seam sees, and hands them to a recorder. */
export class CallWatcher implements Observer {
  readonly #recorder: Recorder
  readonly #onFirstCall: (provider: string, model: string) => void
  readonly #withAdministration: boolean
  readonly #providerNames: ReadonlyMap<string, Provider> | undefined
  readonly #streamUsage: StreamUsage
  readonly #estimator: Estimator | undefined
  readonly #boundOf: BoundOf
  readonly #charged = new ChargeLog()
  #isFirst = true

  /**
   * @param onFirstCall runs once, when the first call has been sent on its way; where only a deployment is known, the model is empty.
   * @param estimator counts for streams that tell no usage; absent where that is not wanted.
   * @param withAdministration whether requests that manage things are calls, too.
   * @param providerNames providers by host, as `readProviderNames` reads them.
   * @param boundOf the most that a request can cost, for a gate; by default nobody knows.
   */
  constructor(
    recorder: Recorder,
    onFirstCall: (provider: string, model: string) => void,
    streamUsage: StreamUsage,
    estimator: Estimator | undefined,
    withAdministration = false,
    providerNames?: ReadonlyMap<string, Provider>,
    boundOf: BoundOf = () => undefined,
  ) {
    this.#boundOf = boundOf
    this.#streamUsage = streamUsage
    this.#estimator = estimator
    this.#recorder = recorder
    this.#onFirstCall = onFirstCall
    this.#withAdministration = withAdministration
    this.#providerNames = providerNames
  }

  get holdsBack(): boolean {
    return this.#recorder.options.gate !== undefined
  }

  begin(client: object, options: RequestOptions, beginning: Beginning): ObservedCall | undefined {
    const found =
      this.#batchOutput(options) ?? findOperation(options.method, options.path, options.query, this.#withAdministration)
    if (!found) return undefined
    const { row } = found
    const destination = destinationOf(client, options.path, this.#providerNames)
    const read = readRequest(found, options)
    const request = destination.hasDeployments
      ? readAzureRequest(row.operation, read, client, options, destination)
      : read
    const ask =
      row.tellsUsageOnRequest && request.stream
        ? (body: unknown): UsageQuestion | undefined => this.#streamUsage.ask(body, destination, request.apiVersion)
        : undefined
    const errors = client.constructor
    const pending = this.holdsBack ? this.#pending(request, options, destination, beginning.wallMs) : undefined
    return this.#start(row, request, { destination, beginning, body: options.body, errors, ask, pending })
  }

  #pending(
    request: CallRequest,
    { body, signal }: RequestOptions,
    { provider, server }: Destination,
    at: number,
  ): PendingRequest {
    const { deployment } = request
    const context = { provider, at, host: server?.address, ...(deployment !== undefined && { azure: { deployment } }) }
    return {
      body,
      signal: signal instanceof AbortSignal ? signal : undefined,
      upperBound: () => this.#boundOf(fieldsOfBody(body), context),
    }
  }

  #batchOutput({ method, path }: RequestOptions): FoundOperation | undefined {
    const awaited = this.#charged.outputOf(path)
    if (!awaited || String(method).toLowerCase() !== 'get') return undefined
    const { output, isUsageTold } = awaited
    const endpoint = findOperation('post', output.endpoint)
    if (!endpoint) return undefined
    return {
      row: batchOutput(output, endpoint.row, isUsageTold),
      target: { ids: [output.fileId], query: {}, route: '' },
    }
  }

  connect(origin: SocketOrigin): ObservedSession {
    const { url, client: known } = origin
    const destination = destinationOfSocket(known, url, this.#providerNames)
    const client = known ?? NO_CLIENT
    const begin: BeginCall = (row, asked, body, context) => {
      const request = destination.hasDeployments
        ? readAzureRequest(row.operation, asked, client, { path: url.pathname }, destination)
        : asked
      const beginning = { parent: context, wallMs: Date.now(), monotonicMs: performance.now() }
      return this.#start(row, request, { destination, beginning, body, asked: body, errors: client.constructor })
    }
    return sessionOf(origin, begin)
  }

  #start(
    row: OperationRow,
    request: CallRequest,
    { destination: { provider, server }, beginning, body, asked, errors, ask, pending }: CallSource,
  ): WatchedCall {
    if (this.#isFirst) {
      this.#isFirst = false
      const model = request.deployment === undefined ? request.model : undefined
      afterThisTurn(() => this.#onFirstCall(provider, model ?? ''))
    }
    const { parent, wallMs: startTime, monotonicMs } = beginning
    const { operation } = row
    const start: CallStart = server
      ? { operation, provider, server, request, startTime }
      : { operation, provider, request, startTime }
    const open = this.#recorder.start(start, parent, pending)
    const estimate = request.stream ? this.#estimateLater(row, request, body) : undefined
    const content = open.capture === 'NO_CONTENT' ? undefined : contentOf(row, open, asked)
    return new WatchedCall(row, request, open, monotonicMs, this.#charged, errors, ask, estimate, content)
  }

  /** Texts are looked at when the stream has ended without usage, so that those that tell theirs cost nothing. */
  #estimateLater(row: OperationRow, request: CallRequest, body: unknown): EstimateStream | undefined {
    const estimator = this.#estimator
    if (!estimator || !row.readTexts || !request.inputIsText || !request.outputIsText) return undefined
    estimator.prepare(request.model)
    return (written, responseModel) => {
      const texts = row.readTexts?.(fieldsOfBody(body))
      return texts && estimator.estimate(responseModel ?? request.model, texts, written)
    }
  }

  tool(name: string, run: AnyFunction, callId: string | undefined): AnyFunction {
    return this.#recorder.tool(name, run, callId === undefined ? {} : { callId })
  }
}

/** Runs what nobody waits for. */
export function afterThisTurn(run: () => void): void {
  const timers = builtIn('node:timers')
  if (timers) timers.setImmediate(run)
  else setTimeout(run, 0)
}

/** Where a call comes from and leads to. */
interface CallSource {
  readonly destination: Destination
  readonly beginning: Beginning
  readonly body: unknown
  /** What was asked over a socket, where nobody will see it being sent. */
  readonly asked?: JsonObject
  /** The client's class, on which its error classes hang. */
  readonly errors: object
  readonly ask?: ((body: unknown) => UsageQuestion | undefined) | undefined
  /** The request, where there is a gate that may hold it back. */
  readonly pending?: PendingRequest | undefined
}

/** The most in USD that a request can cost, as an exact decimal, if that is known. */
export type BoundOf = (body: object, context: RequestContext) => string | undefined

const NO_CLIENT: object = {}

function contentOf(row: OperationRow, open: OpenCall, asked: JsonObject | undefined): CallContent {
  const content = new CallContent(row.content, reachesEvent(open.capture))
  if (asked) guard('reading content', () => content.asked(asked))
  return content
}

function readRequest(found: FoundOperation, options: RequestOptions): CallRequest {
  try {
    return readKnownRequest(found, options)
  } catch (error) {
    // A body of the application's that cannot be looked at, such as a proxy that knows no other fields than its own: a call it is all the same.
    reportFailure('reading a request', error)
    const model = modelOf(options.body)
    const unknown = { stream: options.stream === true, parameters: {}, inputIsText: false, outputIsText: false }
    return model === undefined ? unknown : { model, ...unknown }
  }
}

function modelOf(body: unknown): string | undefined {
  try {
    return asText(asObject(body)?.['model'])
  } catch {
    return undefined
  }
}

function readKnownRequest({ row, target }: FoundOperation, { body, __metadata }: RequestOptions): CallRequest {
  const request = row.readRequest(fieldsOfBody(body), target)
  const model = request.model ?? asText(asObject(__metadata)?.['model'])
  return model === request.model || model === undefined ? request : { ...request, model }
}
