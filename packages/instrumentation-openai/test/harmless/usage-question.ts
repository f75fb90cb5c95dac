/** What a server was asked, as `showRequest` shows it. */
interface ShownRequest {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly raw: readonly string[]
}

type Requests = Readonly<Record<string, readonly object[]>>

/**
 * The requests without `stream_options.include_usage` where those of the bare run, one for one, do not have it: the only thing in which
 * requests with us may differ.
 */
export function withoutQuestions(requests: Requests, bare: Requests): Requests {
  const named = Object.entries(requests).map(([name, list]) => {
    const counterparts = bare[name] as readonly ShownRequest[]
    return [name, (list as ShownRequest[]).map((request, at) => withoutQuestion(request, counterparts[at]))]
  })
  return Object.fromEntries(named)
}

function withoutQuestion(request: ShownRequest, bare: ShownRequest | undefined): ShownRequest {
  if (!isAsked(request.body) || isAsked(bare?.body ?? '')) return request
  const body = bodyWithoutQuestion(request.body)
  const length = String(Buffer.byteLength(body))
  const before = request.headers['content-length']
  return {
    ...request,
    body,
    headers: { ...request.headers, 'content-length': length },
    raw: request.raw.map((part) => (part === before ? length : part)),
  }
}

/** openai v4 writes its bodies with an indentation. */
function bodyWithoutQuestion(body: string): string {
  const { stream_options: options, ...rest } = JSON.parse(body)
  const { include_usage: _, ...others } = options
  const fields = Object.keys(others).length === 0 ? rest : { ...rest, stream_options: others }
  return JSON.stringify(fields, null, body.startsWith('{\n') ? 2 : 0)
}

const isAsked = (body: string): boolean => /"include_usage": ?true/.test(body)
