import { DONE, sse } from '../../../instrumentation-openai/test/support/wire-answers.ts'
import type { Plant } from './plant.ts'
import type { MarkerScenario } from './scenario.ts'

const HIDDEN_EXTRAS = (plant: Plant): object => ({
  metadata: { note: plant.hidden('metadata') },
  safety_identifier: plant.hidden('safety_identifier'),
  prompt_cache_key: plant.hidden('prompt_cache_key'),
  prompt_cache_options: { note: plant.hidden('prompt_cache_options') },
  prompt_cache_retention: 'in_memory',
})

const USAGE = { prompt_tokens: 4, completion_tokens: 3, total_tokens: 7 }

const chunk = (choice: object): string =>
  sse({ id: 'chatcmpl-1', model: 'm', choices: [{ index: 0, finish_reason: null, ...choice }] })

export const chat: MarkerScenario = {
  parameters: ['chat/completions/completions.d.ts', 'ChatCompletionCreateParamsBase'],
  body: (plant) => ({
    model: plant.always('model'),
    messages: [
      { role: 'system', content: plant.content('system') },
      { role: 'developer', content: [{ type: 'text', text: plant.content('developer') }], name: 'dev' },
      {
        role: 'user',
        name: plant.content('user_name').slice(0, 100),
        content: [
          { type: 'text', text: plant.content('user') },
          {
            type: 'image_url',
            image_url: { url: `https://example.com/${encodeURIComponent(plant.content('image_url'))}` },
          },
          { type: 'image_url', image_url: { url: plant.dataUrl('image', 'image/png') } },
          { type: 'input_audio', input_audio: { data: plant.base64('audio'), format: 'wav' } },
          {
            type: 'file',
            file: { filename: plant.content('filename'), file_data: plant.dataUrl('file', 'application/pdf') },
          },
        ],
      },
      {
        role: 'assistant',
        content: plant.content('assistant'),
        refusal: plant.content('refusal'),
        audio: { id: plant.hidden('audio_id') },
        tool_calls: [
          {
            id: 'call_1',
            type: 'function',
            function: { name: 'look_up', arguments: JSON.stringify({ who: plant.content('arguments') }) },
          },
          { id: 'call_2', type: 'custom', custom: { name: 'run', input: plant.content('custom_input') } },
        ],
        function_call: { name: 'old', arguments: plant.content('function_arguments') },
      },
      { role: 'tool', tool_call_id: 'call_1', content: plant.content('tool') },
      { role: 'function', name: 'old', content: plant.content('function') },
    ],
    audio: { voice: plant.hidden('voice'), format: 'wav' },
    frequency_penalty: 0.5,
    function_call: { name: plant.hidden('function_choice') },
    functions: [
      {
        name: 'old',
        description: plant.hidden('function_description'),
        parameters: { note: plant.hidden('function_schema') },
      },
    ],
    logit_bias: { [plant.hidden('logit_bias')]: 1 },
    logprobs: true,
    max_completion_tokens: 9,
    max_tokens: 9,
    modalities: ['text'],
    moderation: { note: plant.hidden('moderation') },
    n: 2,
    parallel_tool_calls: true,
    prediction: { type: 'content', content: plant.hidden('prediction') },
    presence_penalty: 0.5,
    ...HIDDEN_EXTRAS(plant),
    reasoning_effort: plant.always('reasoning_effort'),
    response_format: {
      type: 'json_schema',
      json_schema: { name: plant.hidden('schema_name'), description: plant.hidden('schema'), schema: {} },
    },
    seed: 7,
    service_tier: plant.always('service_tier'),
    stop: [plant.always('stop')],
    store: false,
    stream: false,
    stream_options: null,
    temperature: 1,
    tool_choice: { type: 'function', function: { name: plant.hidden('tool_choice') } },
    tools: [
      {
        type: 'function',
        function: {
          name: plant.content('tool_name'),
          description: plant.hidden('tool_description'),
          parameters: { note: plant.hidden('tool_schema') },
        },
      },
      { type: 'custom', custom: { name: 'run', description: plant.hidden('custom_description') } },
    ],
    top_logprobs: 1,
    top_p: 1,
    user: plant.hidden('user_id'),
    verbosity: 'low',
    web_search_options: { user_location: { type: 'approximate', approximate: { city: plant.hidden('city') } } },
  }),
  ask: (client, body, options) => client.chat.completions.create(body, options),
  answered: (plant) => ({
    json: {
      id: plant.always('id'),
      object: 'chat.completion',
      model: plant.always('response_model'),
      service_tier: plant.always('response_tier'),
      system_fingerprint: plant.always('fingerprint'),
      usage: USAGE,
      choices: [
        {
          index: 0,
          finish_reason: plant.always('finish_reason'),
          logprobs: { content: [{ token: plant.hidden('logprobs'), logprob: -1 }] },
          message: {
            role: 'assistant',
            content: plant.content('answer'),
            refusal: plant.content('answer_refusal'),
            reasoning_content: plant.content('answer_reasoning'),
            annotations: [{ type: 'url_citation', url_citation: { title: plant.hidden('annotation') } }],
            audio: { id: 'a', data: plant.base64('answer_audio'), transcript: plant.content('answer_transcript') },
            tool_calls: [
              {
                id: 'call_3',
                type: 'function',
                function: { name: 'look_up', arguments: `{"who":"${plant.content('answer_arguments')}"}` },
              },
            ],
          },
        },
      ],
    },
  }),
  streamed: (plant) => {
    return {
      pieces: [
        chunk({ delta: { role: 'assistant', reasoning_content: plant.content('chunk_reasoning') } }),
        ...pieces(plant.content('chunk')).map((content) => chunk({ delta: { content } })),
        chunk({ delta: { refusal: plant.content('chunk_refusal') } }),
        chunk({ delta: { tool_calls: [{ index: 0, id: 'call_4', function: { name: 'f', arguments: '' } }] } }),
        ...pieces(plant.content('chunk_arguments')).map((args) =>
          chunk({ delta: { tool_calls: [{ index: 0, function: { arguments: args } }] } }),
        ),
        chunk({ delta: {}, finish_reason: 'stop' }),
        DONE,
      ],
    }
  },
}

/** So that secrets are cut in two. */
const pieces = (text: string): string[] => text.match(/[\s\S]{1,7}/g) ?? []

export const completions: MarkerScenario = {
  parameters: ['completions.d.ts', 'CompletionCreateParamsBase'],
  body: (plant) => ({
    model: plant.always('model'),
    prompt: [plant.content('prompt'), plant.content('second_prompt')],
    best_of: 1,
    echo: false,
    frequency_penalty: 0.5,
    logit_bias: { [plant.hidden('logit_bias')]: 1 },
    logprobs: 1,
    max_tokens: 9,
    n: 1,
    presence_penalty: 0.5,
    seed: 7,
    stop: plant.always('stop'),
    stream: false,
    stream_options: null,
    suffix: plant.content('suffix'),
    temperature: 1,
    top_p: 1,
    user: plant.hidden('user'),
  }),
  ask: (client, body, options) => client.completions.create(body, options),
  answered: (plant) => ({
    json: {
      id: plant.always('id'),
      model: plant.always('response_model'),
      usage: USAGE,
      choices: [
        {
          index: 0,
          text: plant.content('answer'),
          logprobs: { tokens: [plant.hidden('logprobs')] },
          finish_reason: 'stop',
        },
      ],
    },
  }),
  streamed: (plant) => ({
    pieces: [
      ...pieces(plant.content('chunk')).map((text) =>
        sse({ id: 'cmpl-1', choices: [{ index: 0, text, finish_reason: null }] }),
      ),
      DONE,
    ],
  }),
}

export const embeddings: MarkerScenario = {
  parameters: ['embeddings.d.ts', 'EmbeddingCreateParams'],
  body: (plant) => ({
    model: plant.always('model'),
    input: [plant.content('input'), plant.content('second_input')],
    dimensions: 3,
    encoding_format: 'float',
    user: plant.hidden('user'),
  }),
  ask: (client, body, options) => client.embeddings.create(body, options),
  answered: (plant) => ({
    json: {
      model: plant.always('response_model'),
      data: [{ index: 0, embedding: [0.123456789, 0.25] }],
      usage: { prompt_tokens: 4, total_tokens: 4 },
    },
  }),
}

export const moderations: MarkerScenario = {
  parameters: ['moderations.d.ts', 'ModerationCreateParams'],
  body: (plant) => ({
    model: plant.always('model'),
    input: [
      { type: 'text', text: plant.content('input') },
      { type: 'image_url', image_url: { url: plant.dataUrl('image', 'image/png') } },
    ],
  }),
  ask: (client, body, options) => client.moderations.create(body, options),
  answered: (plant) => ({
    json: {
      id: plant.always('id'),
      model: plant.always('response_model'),
      results: [{ flagged: true, categories: { [plant.hidden('category')]: true } }],
    },
  }),
}

export const decisions: MarkerScenario = {
  parameters: ['decisions.d.ts', 'DecisionCreateParams'],
  body: (plant) => ({
    model: plant.always('model'),
    input: [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: plant.content('input') },
          { type: 'input_json', data: { who: plant.content('json') } },
        ],
      },
      {
        type: 'function_call',
        call_id: 'c',
        name: 'f',
        arguments: JSON.stringify({ who: plant.content('arguments') }),
      },
      { type: 'function_call_output', call_id: 'c', output: plant.content('output') },
    ],
    questions: [
      {
        type: 'choice',
        name: 'q',
        instructions: plant.content('question'),
        choices: [{ value: plant.content('choice') }],
      },
    ],
    prompt_cache_key: plant.hidden('prompt_cache_key'),
    prompt_cache_options: { note: plant.hidden('prompt_cache_options') },
    safety_identifier: plant.hidden('safety_identifier'),
  }),
  ask: (client, body, options) => client.decisions.create(body, options),
  answered: (plant) => ({
    json: {
      model: plant.always('response_model'),
      answers: [{ type: 'choice', name: 'q', choice: plant.content('answer'), confidence: 1, probabilities: [] }],
      usage: { input_tokens: 4, output_tokens: 3, total_tokens: 7 },
    },
  }),
}

export const search: MarkerScenario = {
  parameters: ['vector-stores/vector-stores.d.ts', 'VectorStoreSearchParams'],
  body: (plant) => ({
    query: [plant.content('query'), plant.content('second_query')],
    filters: { type: 'eq', key: plant.hidden('filter_key'), value: plant.hidden('filter_value') },
    max_num_results: 3,
    ranking_options: { ranker: plant.hidden('ranker') },
    rewrite_query: true,
  }),
  ask: (client, body, options) => client.vectorStores.search('vs_1', body, options),
  answered: (plant) => ({
    json: {
      object: 'list',
      search_query: [plant.hidden('rewritten')],
      data: [
        {
          file_id: 'file-1',
          filename: plant.content('filename'),
          score: 0.5,
          attributes: { note: plant.hidden('attribute') },
          content: [{ type: 'text', text: plant.content('document') }],
        },
      ],
      has_more: false,
    },
  }),
}
