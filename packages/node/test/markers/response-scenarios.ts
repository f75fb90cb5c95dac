import { sse } from '../../../instrumentation-openai/test/support/wire-answers.ts'
import type { Plant } from './plant.ts'
import type { MarkerScenario } from './scenario.ts'

const USAGE = { input_tokens: 4, output_tokens: 3, total_tokens: 7 }

const input = (plant: Plant): object[] => [
  { role: 'developer', content: plant.content('developer') },
  {
    type: 'message',
    role: 'user',
    content: [
      { type: 'input_text', text: plant.content('user') },
      { type: 'input_image', image_url: plant.dataUrl('image', 'image/png'), detail: 'auto' },
      { type: 'input_file', filename: plant.content('filename'), file_data: plant.dataUrl('file', 'application/pdf') },
      { type: 'input_file', file_url: `https://example.com/?token=${encodeURIComponent(plant.content('file_url'))}` },
    ],
  },
  ...items(plant, 'input'),
  { type: 'function_call_output', call_id: 'call_1', output: plant.content('output') },
  {
    type: 'custom_tool_call_output',
    call_id: 'call_2',
    output: [{ type: 'input_text', text: plant.content('custom_output') }],
  },
  {
    type: 'computer_call_output',
    call_id: 'call_3',
    output: { type: 'computer_screenshot', image_url: plant.dataUrl('screenshot', 'image/png') },
  },
  {
    type: 'shell_call_output',
    call_id: 'call_4',
    output: [{ stdout: plant.content('stdout'), stderr: plant.content('stderr') }],
  },
  { type: 'mcp_approval_response', approval_request_id: 'mcpr_1', approve: false, reason: plant.content('reason') },
  { type: 'item_reference', id: 'msg_9' },
]

/** Items that stand in requests and in answers. */
const items = (plant: Plant, where: string): object[] => [
  {
    type: 'message',
    role: 'assistant',
    id: 'msg_1',
    status: 'completed',
    content: [
      {
        type: 'output_text',
        text: plant.content(`${where}_text`),
        annotations: [{ type: 'url_citation', title: plant.hidden(`${where}_annotation`) }],
        logprobs: [{ token: plant.hidden(`${where}_logprobs`) }],
      },
      { type: 'refusal', refusal: plant.content(`${where}_refusal`) },
    ],
  },
  {
    type: 'reasoning',
    id: 'rs_1',
    summary: [{ type: 'summary_text', text: plant.content(`${where}_summary`) }],
    content: [{ type: 'reasoning_text', text: plant.content(`${where}_reasoning`) }],
    encrypted_content: plant.hidden(`${where}_encrypted`),
  },
  {
    type: 'function_call',
    call_id: 'call_1',
    name: 'look_up',
    arguments: JSON.stringify({ who: plant.content(`${where}_arguments`) }),
  },
  { type: 'custom_tool_call', call_id: 'call_2', name: 'run', input: plant.content(`${where}_custom`) },
  {
    type: 'web_search_call',
    id: 'ws_1',
    status: 'completed',
    action: { type: 'search', query: plant.content(`${where}_web_query`) },
  },
  {
    type: 'file_search_call',
    id: 'fs_1',
    queries: [plant.content(`${where}_file_query`)],
    results: [{ filename: 'f', text: plant.content(`${where}_file_text`) }],
  },
  {
    type: 'code_interpreter_call',
    id: 'ci_1',
    code: plant.content(`${where}_code`),
    outputs: [{ type: 'logs', logs: plant.content(`${where}_logs`) }],
  },
  {
    type: 'image_generation_call',
    id: 'ig_1',
    output_format: 'png',
    result: plant.base64(`${where}_image`),
    revised_prompt: plant.content(`${where}_revised`),
  },
  {
    type: 'mcp_call',
    id: 'mcp_1',
    name: 'm',
    arguments: JSON.stringify({ who: plant.content(`${where}_mcp`) }),
    output: plant.content(`${where}_mcp_output`),
  },
  { type: 'computer_call', call_id: 'call_3', action: { type: 'type', text: plant.content(`${where}_typed`) } },
  { type: 'shell_call', call_id: 'call_4', action: { commands: [plant.content(`${where}_command`)] } },
  { type: 'compaction', id: 'cmp_1', encrypted_content: plant.hidden(`${where}_compaction`) },
]

const tools = (plant: Plant): object[] => [
  {
    type: 'function',
    name: plant.content('tool_name'),
    description: plant.hidden('tool_description'),
    parameters: { note: plant.hidden('tool_schema') },
  },
  {
    type: 'mcp',
    server_label: 'mcp',
    server_url: plant.hidden('server_url'),
    headers: { authorization: plant.hidden('mcp_header') },
  },
  { type: 'web_search', user_location: { city: plant.hidden('city') } },
]

const body = (plant: Plant): object => ({
  model: plant.always('model'),
  access_programs: { note: plant.hidden('access_programs') },
  background: false,
  context_management: [{ note: plant.hidden('context_management') }],
  conversation: { id: plant.always('conversation') },
  image: { note: plant.hidden('image_settings') },
  include: [plant.hidden('include')],
  input: input(plant),
  instructions: plant.content('instructions'),
  max_output_tokens: 99,
  max_tool_calls: 9,
  metadata: { note: plant.hidden('metadata') },
  moderation: { note: plant.hidden('moderation') },
  parallel_tool_calls: true,
  previous_response_id: plant.always('previous_response_id'),
  prompt: {
    id: plant.always('prompt_id'),
    version: plant.always('prompt_version'),
    variables: { who: plant.hidden('prompt_variable') },
  },
  prompt_cache_key: plant.hidden('prompt_cache_key'),
  prompt_cache_options: { note: plant.hidden('prompt_cache_options') },
  prompt_cache_retention: 'in_memory',
  reasoning: { effort: plant.always('effort'), summary: plant.hidden('summary') },
  safety_identifier: plant.hidden('safety_identifier'),
  service_tier: plant.always('service_tier'),
  store: false,
  stream: false,
  stream_options: null,
  temperature: 1,
  text: {
    format: { type: 'json_schema', name: plant.hidden('schema_name'), description: plant.hidden('schema'), schema: {} },
  },
  tool_choice: { type: 'function', name: plant.hidden('tool_choice') },
  tools: tools(plant),
  top_logprobs: 1,
  top_p: 1,
  truncation: 'auto',
  user: plant.hidden('user_id'),
})

const answer = (plant: Plant, id: string): object => ({
  id,
  object: 'response',
  status: 'completed',
  model: plant.always('response_model'),
  service_tier: plant.always('response_tier'),
  error: null,
  metadata: { note: plant.hidden('answer_metadata') },
  output: items(plant, 'answer'),
  usage: USAGE,
})

/** In pieces, so that secrets are cut in two. */
const delta = (type: string, index: number, text: string): string[] =>
  (text.match(/[\s\S]{1,7}/g) ?? []).map((piece) =>
    sse({ type: `response.${type}.delta`, output_index: index, delta: piece }),
  )
const added = (index: number, item: object): string =>
  sse({ type: 'response.output_item.added', output_index: index, item })

export const responses: MarkerScenario = {
  parameters: ['responses/responses.d.ts', 'ResponseCreateParamsBase'],
  body,
  ask: (client, asked, options) => client.responses.create(asked, options),
  answered: (plant) => ({ json: answer(plant, plant.always('id')) }),
  // It breaks off before its last event, so that the pieces are all that there is.
  streamed: (plant) => {
    return {
      pieces: [
        sse({ type: 'response.created', response: { id: 'resp_2', status: 'in_progress', output: [] } }),
        added(0, { type: 'reasoning', id: 'rs_1' }),
        ...delta('reasoning_summary_text', 0, plant.content('chunk_summary')),
        added(1, { type: 'message', id: 'msg_1' }),
        ...delta('output_text', 1, plant.content('chunk')),
        ...delta('refusal', 1, plant.content('chunk_refusal')),
        added(2, { type: 'function_call', call_id: 'call_5', name: 'f' }),
        ...delta('function_call_arguments', 2, plant.content('chunk_arguments')),
      ],
    }
  },
}

export const fetchedResponse: MarkerScenario = {
  ask: (client, _body, options) => client.responses.retrieve('resp_1', {}, options),
  answered: (plant) => ({
    json: { ...answer(plant, 'resp_1'), instructions: plant.content('instructions'), tools: tools(plant) },
  }),
}

export const compaction: MarkerScenario = {
  parameters: ['responses/responses.d.ts', 'ResponseCompactParams'],
  body: (plant) => ({
    model: plant.always('model'),
    input: input(plant),
    instructions: plant.content('instructions'),
    previous_response_id: plant.always('previous_response_id'),
    prompt_cache_key: plant.hidden('prompt_cache_key'),
    prompt_cache_options: { note: plant.hidden('prompt_cache_options') },
    prompt_cache_retention: 'in_memory',
    service_tier: plant.always('service_tier'),
    image: { note: plant.hidden('image_settings') },
  }),
  ask: (client, asked, options) => client.responses.compact(asked, options),
  answered: (plant) => ({
    json: { id: plant.always('id'), object: 'response.compaction', output: items(plant, 'answer'), usage: USAGE },
  }),
}

export const tokenCount: MarkerScenario = {
  parameters: ['responses/input-tokens.d.ts', 'InputTokenCountParams'],
  body: (plant) => ({
    model: plant.always('model'),
    conversation: plant.always('conversation'),
    input: input(plant),
    instructions: plant.content('instructions'),
    parallel_tool_calls: true,
    personality: plant.hidden('personality'),
    previous_response_id: plant.always('previous_response_id'),
    reasoning: { effort: plant.always('effort') },
    text: { format: { type: 'json_schema', name: plant.hidden('schema_name'), schema: {} } },
    tool_choice: { type: 'function', name: plant.hidden('tool_choice') },
    tools: tools(plant),
    truncation: 'auto',
  }),
  ask: (client, asked, options) => client.responses.inputTokens.count(asked, options),
  answered: () => ({ json: { object: 'response.input_tokens', input_tokens: 11 } }),
}
