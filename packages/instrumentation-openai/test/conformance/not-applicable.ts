import type { SemconvProfileName } from '@tokenmeter/meter'
import type { NotApplicable } from '../../../meter/semconv/coverage.ts'

/** Signals that the calls of an openai client never are. */
const OTHERS = {
  'a signal of model servers': [
    'gen_ai.server.request.duration',
    'gen_ai.server.time_per_output_token',
    'gen_ai.server.time_to_first_token',
  ],
  'the client has no agents that live with a provider, but for the API of assistants, which is sunset': [
    'gen_ai.create_agent.client',
    'gen_ai.invoke_agent.client',
  ],
  'for frameworks that know workflows, plans and memories; the client knows none': [
    'gen_ai.invoke_workflow.internal',
    'gen_ai.invoke_workflow.duration',
    'gen_ai.plan.internal',
    'gen_ai.memory.client',
  ],
  'the spans below that of an agent are its calls, and can be counted': [
    'gen_ai.invoke_agent.inference_calls',
    'gen_ai.invoke_agent.tool_calls',
  ],
  'for whoever judges answers; we do not': ['gen_ai.evaluation.result'],
} as const

/** Signals that one of the states of the conventions has under a name of its own, or alone. */
const OTHERS_OF: Readonly<Record<SemconvProfileName, Readonly<Record<string, readonly string[]>>>> = {
  'v0.1.0': {
    'for tools that are commands or skills; those of an openai client are functions': [
      'gen_ai.execute_tool.command.internal',
      'gen_ai.execute_tool.load_skill.internal',
      'gen_ai.execute_tool.read_skill_resource.internal',
    ],
    "for the providers' own clients, which say more than the dialect of OpenAI does": [
      'anthropic.gen_ai.client.inference',
      'aws.bedrock.gen_ai.client.inference',
      'azure.ai.gen_ai.client.inference',
    ],
  },
  'v1.41': {
    "for the providers' own clients, which say more than the dialect of OpenAI does": [
      'anthropic.inference.client',
      'aws.bedrock.inference.client',
      'azure.ai.inference.client',
    ],
  },
}

/** What `agent()` cannot know: it is given a name and a function. */
const OF_AGENTS = [
  'gen_ai.input.messages',
  'gen_ai.output.messages',
  'gen_ai.system_instructions',
  'gen_ai.tool.definitions',
  'gen_ai.agent.description',
  'gen_ai.conversation.id',
  'gen_ai.data_source.id',
  'gen_ai.output.type',
  'gen_ai.request.choice.count',
  'gen_ai.request.frequency_penalty',
  'gen_ai.request.max_tokens',
  'gen_ai.request.model',
  'gen_ai.request.presence_penalty',
  'gen_ai.request.seed',
  'gen_ai.request.stop_sequences',
  'gen_ai.request.temperature',
  'gen_ai.request.top_p',
  'gen_ai.response.finish_reasons',
  'gen_ai.usage.input_tokens',
  'gen_ai.usage.output_tokens',
]

const IS_ON_THE_CALLS = 'an agent is a name and a function; what its calls ask for and use is on their own spans'
const NEW_SERIES = 'fingerprints change, and each would be a new series'

/** Attributes that both states of the conventions have. */
const ATTRIBUTES: NotApplicable = {
  '* gen_ai.prompt.variable': 'what fills a prompt is data of the application that no model call shows',
  '* gen_ai.tool.description': 'the conventions advise against it; it is in the definitions, for those who ask',
  '* gen_ai.request.top_k': 'the API of OpenAI has none',
  'gen_ai.retrieval.client gen_ai.request.model': 'a search of a vector store names no model',
  'gen_ai.invoke_agent.duration gen_ai.request.model': 'an agent may use several',
}

/** Attributes that one of the states has. */
const ATTRIBUTES_OF: Readonly<Record<SemconvProfileName, NotApplicable>> = {
  'v0.1.0': {
    'gen_ai.execute_tool.internal gen_ai.conversation.id': 'a tool does not know in which conversation it is called',
  },
  'v1.41': {
    'gen_ai.invoke_agent.internal gen_ai.usage.cache_creation.input_tokens': IS_ON_THE_CALLS,
    'gen_ai.invoke_agent.internal gen_ai.usage.cache_read.input_tokens': IS_ON_THE_CALLS,
  },
}

/** Reviewed: what of the registry our calls cannot say, and why. */
export function notApplicable(profile: SemconvProfileName, refinedMetrics: readonly string[]): NotApplicable {
  const signals = { ...OTHERS, ...OTHERS_OF[profile] }
  return {
    ...Object.fromEntries(
      Object.entries(signals).flatMap(([reason, names]) =>
        names.map((name): [string, string] => [`${name} *`, reason]),
      ),
    ),
    ...Object.fromEntries(OF_AGENTS.map((name) => [`gen_ai.invoke_agent.internal ${name}`, IS_ON_THE_CALLS])),
    ...Object.fromEntries(refinedMetrics.map((name) => [`${name} openai.response.system_fingerprint`, NEW_SERIES])),
    ...ATTRIBUTES,
    ...ATTRIBUTES_OF[profile],
  }
}
