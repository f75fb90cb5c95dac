/**
 * What an instrumentation of the openai client has to get right: 40 rows that were measured with those that exist (2026-11), without those about prices
 * and content. The numbers are theirs. Each row names the tests that prove it, as `file: title`, and the scenarios of `pnpm test:harmless` in which the
 * application sees nothing of us, as `scenario: name`.
 */
export interface MatrixRow {
  readonly row: string
  readonly demand: string
  readonly provedBy: readonly string[]
}

const CONFORMANCE = 'test/conformance.test.ts'
const behaviour = (file: string): string => `test/behaviour/${file}.test.ts`

export const MATRIX: readonly MatrixRow[] = [
  {
    row: '1',
    demand: 'a chat completion has a span with its model and its tokens',
    provedBy: [
      `${behaviour('chat')}: is one call with everything the provider said`,
      `${CONFORMANCE}: say with openai %i what requests and answers carry, to the last value`,
      'scenario: a chat completion',
    ],
  },
  {
    row: '2',
    demand: 'cached and reasoning tokens',
    provedBy: [
      `${behaviour('usage')}: every subset is kept`,
      `${behaviour('usage')}: keeps what was cached, written to the cache and spent on reasoning`,
    ],
  },
  {
    row: '3',
    demand: 'metrics of tokens and duration',
    provedBy: [
      `${CONFORMANCE}: emit with openai %i what the registry says`,
      `${CONFORMANCE}: have with openai %i one duration, and one count, for each span`,
    ],
  },
  {
    row: '5',
    demand: 'a chat stream that was not asked for its usage has ended, and tells it',
    provedBy: [
      `${behaviour('stream-usage')}: tells it, and looks to the application as without us`,
      `${behaviour('estimates')}: is estimated from its texts: a word and 7 for the form in, 2 words and a mark out`,
      'scenario: asked for its usage: a stream',
    ],
  },
  {
    row: '5b',
    demand: 'the same by an estimate, which is marked as one',
    provedBy: [
      `${behaviour('estimates')}: an estimate is marked wherever it appears, and is in no metric of real usage`,
      `${behaviour('estimates')}: gpt-4 and gpt-3.5 have the older encoding`,
    ],
  },
  {
    row: '6',
    demand: 'a chat stream that was asked for its usage',
    provedBy: [
      `${behaviour('chat-stream')}: has the usage and the cost of its last chunk`,
      'scenario: a chat stream with usage',
    ],
  },
  {
    row: '7',
    demand: 'a stream that is left by break: the span has ended, and the request is cancelled',
    provedBy: [
      `${behaviour('stream-left')}: is cancelled when the application breaks out of its loop`,
      'scenario: break after two chunks closes the request',
    ],
  },
  {
    row: '8',
    demand: 'a stream that the application aborts is told from one that it read',
    provedBy: [
      `${behaviour('stream-aborted')}: by the stream's own controller cancels the call`,
      'scenario: abort by the controller of the stream',
      'scenario: abort by a signal of the application while the stream runs',
      'scenario: abort by a signal after the end of the stream',
    ],
  },
  {
    row: '8b',
    demand: 'a call that is aborted while it waits',
    provedBy: [
      `${behaviour('stream-aborted')}: while the answer is awaited is a cancelled call without a status`,
      'scenario: an abort before the call',
      'scenario: an abort while waiting for the headers',
      'scenario: an abort while waiting for the body',
    ],
  },
  {
    row: '9',
    demand: 'a stream whose connection is reset is an error',
    provedBy: [
      `${behaviour('stream-broken')}: fails when its connection is reset`,
      'scenario: the connection is reset in the middle',
    ],
  },
  {
    row: '9b',
    demand: 'an error event, or a malformed one, is an error',
    provedBy: [
      `${behaviour('stream-broken')}: fails when an event is not JSON`,
      'scenario: an error event in a chat stream',
      'scenario: an event whose JSON is malformed',
    ],
  },
  {
    row: '10',
    demand: 'a stream that nobody reads ends',
    provedBy: [
      `${behaviour('stream-abandoned')}: a stream that nobody reads is abandoned once it is garbage`,
      'scenario: a stream that nobody reads',
    ],
  },
  {
    row: '11',
    demand: 'the time to the first chunk',
    provedBy: [
      `${behaviour('chat-stream')}: counts the time to its first chunk from the request on, not from the headers`,
      `${CONFORMANCE}: say with openai %i what requests and answers carry, to the last value`,
    ],
  },
  {
    row: '12',
    demand: 'retries of the client are visible',
    provedBy: [
      `${behaviour('retries')}: when two rate limits are followed by an answer`,
      `${behaviour('retry-metrics')}: two rate limits that were retried are two hits and two retries of one successful request`,
      'scenario: two rate limits and then an answer',
    ],
  },
  {
    row: '13',
    demand: 'a rate limit to the last: its error type and status',
    provedBy: [
      `${behaviour('retries')}: when the last one is refused too: then the call has hit a rate limit`,
      `${behaviour('retry-metrics')}: a rate limit to the last is an error as well, and three hits`,
    ],
  },
  {
    row: '13b',
    demand: 'refusals, failures of the server and of the network are errors',
    provedBy: [
      `${behaviour('errors')}: a refusal with %i and %o is an error of the type %s`,
      `${behaviour('errors')}: a connection that is refused is an error without an answer`,
      `${behaviour('errors')}: a time-out is an error without an answer`,
    ],
  },
  {
    row: '13c',
    demand: 'so are those of streams, embeddings and Responses',
    provedBy: [
      `${behaviour('errors')}: every operation has its errors, streamed or not`,
      `${behaviour('errors')}: a rate limit to the last is on the span of every operation, streamed or not`,
    ],
  },
  {
    row: '14',
    demand: 'the quota that is left',
    provedBy: [
      `${behaviour('rate-limits')}: in the headers about the quota, %s`,
      `${behaviour('retry-metrics')}: the quota that is left is that of the last answer`,
    ],
  },
  {
    row: '15',
    demand: 'withResponse() and asResponse() work, of chat and Responses, streamed or not',
    provedBy: [
      `${behaviour('promises')}: withResponse of a stream`,
      `${behaviour('raw-responses')}: that is read by %s tells its usage`,
      'scenario: withResponse of a Responses call, a Responses stream and an embedding',
      'scenario: asResponse of a stream, iterated',
    ],
  },
  {
    row: '16',
    demand: 'tee(): both halves can be read, and are one span',
    provedBy: [`${behaviour('stream-shared')}: that is teed, both halves read`, 'scenario: both halves of a tee'],
  },
  {
    row: '16b',
    demand: 'toReadableStream() and the controller of a stream',
    provedBy: [
      `${behaviour('stream-shared')}: that is turned into bytes`,
      'scenario: toReadableStream',
      'scenario: a stream is a Stream, and the console shows it as one',
    ],
  },
  {
    row: '17',
    demand: 'chat.completions.parse',
    provedBy: [
      `${behaviour('parsed-answers')}: an answer that the client parses is one call`,
      'scenario: chat.completions.parse',
    ],
  },
  {
    row: '18',
    demand: 'chat.completions.stream() and finalChatCompletion()',
    provedBy: [
      `${behaviour('stream-helpers')}: chat.completions.stream is one call`,
      'scenario: chat.completions.stream with every event',
    ],
  },
  {
    row: '19',
    demand: 'runTools has a span for each call of the model and for each tool',
    provedBy: [
      `${behaviour('run-tools')}: has its model calls and its tools side by side below the active span`,
      'scenario: runTools in two rounds',
    ],
  },
  {
    row: '20',
    demand: 'responses.create',
    provedBy: [
      'scenario: a Responses call',
      `${behaviour('parsed-answers')}: a Responses answer that the client parses is one call`,
    ],
  },
  {
    row: '20b',
    demand: 'its cached and reasoning tokens',
    provedBy: [`${behaviour('usage')}: keeps what was cached, written to the cache and spent on reasoning`],
  },
  { row: '21', demand: 'a Responses stream', provedBy: ['scenario: a Responses stream'] },
  {
    row: '21b',
    demand: 'a Responses stream that is left',
    provedBy: ['scenario: break out of a Responses stream'],
  },
  {
    row: '21c',
    demand: 'a Responses stream that fails, or whose connection is reset',
    provedBy: [
      'scenario: a Responses stream that fails',
      'scenario: the connection of a Responses stream is reset in the middle',
    ],
  },
  { row: '22', demand: 'responses.parse', provedBy: ['scenario: responses.parse'] },
  {
    row: '22b',
    demand: 'responses.stream() and finalResponse()',
    provedBy: [
      `${behaviour('stream-helpers')}: responses.stream is one call`,
      'scenario: responses.stream with its events and its final response',
    ],
  },
  {
    row: '23',
    demand: 'embeddings',
    provedBy: [
      `${behaviour('embeddings')}: tells the length of its first vector, which the client asked for in base64 by itself`,
      'scenario: an embedding, base64 on the wire',
    ],
  },
  {
    row: '24',
    demand: 'images, with their real usage',
    provedBy: [
      `${behaviour('images')}: is charged by its tokens, all output being image`,
      `${behaviour('images')}: has the usage of its last event, and every event is a chunk`,
      'scenario: a streamed image',
    ],
  },
  {
    row: '25',
    demand: 'speech and transcriptions',
    provedBy: [
      `${behaviour('audio')}: is charged by the character, and its bytes are the application’s`,
      `${behaviour('audio')}: is charged by tokens, audio apart`,
      'scenario: speech, read as bytes',
    ],
  },
  {
    row: '26',
    demand: 'moderations',
    provedBy: [
      `${behaviour('free-endpoints')}: a moderation is a call without tokens, without a cost, and without a complaint about that`,
    ],
  },
  {
    row: '27',
    demand: 'legacy completions, streamed or not',
    provedBy: [
      `${behaviour('completions')}: is a call with its parameters, usage and cost`,
      `${behaviour('completions')}: is the same call when it is streamed, with its chunks`,
    ],
  },
  {
    row: '28',
    demand: 'batches, and lists of files and models where they are asked for',
    provedBy: [
      `${behaviour('jobs')}: is charged once, when it is fetched at its end, at the price of batches`,
      `${behaviour('free-endpoints')}: each page of a list is a call, when administration is asked for`,
    ],
  },
  {
    row: '29',
    demand: 'Azure is known at any domain, and its deployments are no models',
    provedBy: [
      `${behaviour('azure')}: tells the deployment that was asked, and is priced by the model that answered`,
      `${behaviour('azure-deployments')}: behind a domain of its own is known by the class of the client`,
    ],
  },
  {
    row: '30',
    demand: 'other providers are called by their names',
    provedBy: [
      `${behaviour('providers')}: of a server of our own is what the operator calls it, by its port or for all of them`,
      'src/provider.test.ts: of %s is %s',
    ],
  },
  {
    row: '33',
    demand: 'CommonJS and ES modules, with --import',
    provedBy: [
      'test/loading/ways.test.ts: in ES modules, in CommonJS and in both at once, with --import and --require',
      'test/loading/ways.test.ts: in TypeScript under tsx, which is loaded before us or after us',
    ],
  },
  {
    row: '34',
    demand: 'the current GenAI conventions',
    provedBy: [
      `${CONFORMANCE}: emit with openai %i what the registry says`,
      `${CONFORMANCE}: cover the registry, but for what is listed with a reason`,
    ],
  },
  {
    row: '35',
    demand: 'an APIPromise stays what it is, and every result is that of the bare client',
    provedBy: [
      'test/harmless.test.ts: prints the same with and without us',
      'scenario: an APIPromise is one, and awaiting it again gives the same object',
      'scenario: _thenUnwrap gives another APIPromise of the same request',
    ],
  },
  {
    row: '36',
    demand: 'odd parameters and odd answers fail only where they fail with the bare client',
    provedBy: [
      'scenario: odd parameters',
      'scenario: odd options',
      'scenario: odd answers to a chat completion',
      'scenario: odd answers to a Responses call',
      'scenario: odd streams',
    ],
  },
  {
    row: '36b',
    demand: 'a provider that sends no usage',
    provedBy: [
      `${behaviour('usage-absent')}: adds no tokens and no cost, and says so, when %s`,
      `${behaviour('embeddings')}: without usage has neither tokens nor a cost, and says so`,
    ],
  },
  {
    row: '37',
    demand: 'the span is a child of the active one, active for the request, and not for the application',
    provedBy: [
      `${behaviour('context')}: is a child of the active span, and active for each attempt but not for the application`,
      `${behaviour('context')}: is not active in the loop over a stream`,
    ],
  },
  {
    row: '38',
    demand: 'chunks that the application keeps are not changed',
    provedBy: ['scenario: chunks that are kept do not change'],
  },
  {
    row: '39',
    demand: 'list() gives a page',
    provedBy: ['scenario: lists, page by page', 'scenario: models: list, and retrieve'],
  },
]
