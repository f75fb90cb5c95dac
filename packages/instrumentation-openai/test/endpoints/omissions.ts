/** Endpoints of the newest client that have no row, by how their paths begin, and why. All of them can be had with `administration`. */
export const OMISSIONS: Readonly<Record<string, string>> = {
  '/agents': 'manages agents and their sessions; what they do runs at the provider',
  '/assistants': 'the Assistants API, which was shut down on 2026-08-26',
  '/threads': 'the Assistants API, which was shut down on 2026-08-26',
  '/audio/voice_consents': 'manages voices',
  '/audio/voices': 'manages voices',
  '/batches/{}/cancel': 'stops a batch; what it was charged is counted when it is fetched',
  'GET /batches': 'lists batches; each is counted when it is fetched by itself',
  '/chat/completions/{}': 'manages stored completions',
  'GET /chat/completions': 'lists stored completions',
  '/chatkit': 'manages sessions of a user interface',
  '/containers': 'manages containers',
  '/content_provenance_checks': 'free of charge, and without tokens',
  '/conversations': 'manages conversations',
  '/evals': 'manages evaluations, which run at the provider',
  '/files': 'manages files',
  '/fine_tuning': 'manages fine-tuning, which runs at the provider and is charged by the job',
  '/live': 'manages live sessions, whose calls pass a WebSocket',
  '/models': 'manages models',
  '/organization': 'manages the organization',
  '/projects': 'manages projects',
  '/realtime': 'manages realtime sessions, whose calls pass a WebSocket',
  'DELETE /responses/{}': 'forgets a response',
  'POST /responses/{}/cancel': 'stops a response; what it was charged is counted when it is fetched',
  'GET /responses/{}/input_items': 'lists what a response was asked',
  '/safety': 'manages alerts and cases',
  '/skills': 'manages skills',
  '/uploads': 'manages uploads',
  '/vaults': 'manages vaults',
  '/vector_stores': 'manages vector stores, which are charged by the day',
  'GET /videos': 'lists videos; each is counted when it is fetched by itself',
  'DELETE /videos/{}': 'forgets a video',
  'GET /videos/{}/content': 'fetches the bytes of a video that is counted already',
  'POST /videos/characters': 'manages characters',
  'GET /videos/characters/{}': 'manages characters',
  '/webhook_endpoints': 'manages webhooks',
  '/webhook_event_types': 'manages webhooks',
}

/** The reason why an endpoint is left out, if it is: the longest beginning that fits. */
export function omissionOf(method: string, path: string): string | undefined {
  const fitting = Object.keys(OMISSIONS).filter((omitted) => {
    const [verb, start] = omitted.includes(' ') ? omitted.split(' ') : [method, omitted]
    return verb === method && (path === start || path.startsWith(`${start}/`))
  })
  const longest = fitting.toSorted((a, b) => b.length - a.length)[0]
  return longest && OMISSIONS[longest]
}
