import { randomUUID } from 'node:crypto'
import { LLMock, type FixtureResponse } from '@copilotkit/aimock'
import { LOOPBACK } from './ports.ts'
import type { Answer, AnswerUsage, Scene } from './scenes.ts'

/** What was asked for → the version that answers. The deployment is an Azure one and says nothing about its model. */
const MODEL_VERSIONS: Readonly<Record<string, string>> = {
  'gpt-4.1-mini': 'gpt-4.1-mini-2025-04-14',
  'gpt-5-mini': 'gpt-5-mini-2025-08-07',
  'support-regulated': 'gpt-4.1-mini-2025-04-14',
}

const STREAM = { chunkSize: 5, streamingProfile: { ttft: 180, tps: 40, jitter: 0.3 } }
const THINKING_MS = 240

/** aimock with the scenes in it, and the usage each of its answers is going to have, by the id of the answer. */
export interface AnswerServer {
  readonly mock: LLMock
  readonly usageById: ReadonlyMap<string, AnswerUsage>
}

/** Starts aimock; a text that is in no scene gets a friendly answer too, so that `--keep` can be played with. */
export async function startAnswers(scenes: readonly Scene[]): Promise<AnswerServer> {
  const mock = new LLMock({ host: LOOPBACK, port: 0, logLevel: 'silent' })
  const usageById = new Map<string, AnswerUsage>()
  for (const scene of scenes) {
    if (scene.answers.length > 0) teach(mock, scene, usageById)
  }
  mock.on({ endpoint: 'chat' }, { content: 'Thank you for your message. A colleague will answer it today.' })
  await mock.start()
  return { mock, usageById }
}

function teach(mock: LLMock, scene: Scene, usageById: Map<string, AnswerUsage>): void {
  const streamed = scene.path === '/answer/live' || scene.path === '/answer/preview' || scene.path === '/draft'
  let request = 0
  mock.on(
    { userMessage: scene.text, endpoint: 'chat' },
    ({ model }) => {
      const answer = scene.answers[request++ % scene.answers.length]
      if (!answer) throw new Error(`The scene "${scene.text}" has no answers`)
      return respond(answer, model, usageById)
    },
    streamed ? STREAM : { chaos: { latencyMs: THINKING_MS } },
  )
}

function respond(answer: Answer, requested: string, usageById: Map<string, AnswerUsage>): FixtureResponse {
  if (answer.kind === 'busy') return busy(requested, answer.retryAfterSeconds)
  if (answer.kind === 'too_long') return tooLong()
  const id = `mock-${randomUUID()}`
  usageById.set(id, answer.usage)
  const { input, output } = answer.usage
  const envelope = {
    id,
    model: MODEL_VERSIONS[requested] ?? requested,
    usage: { prompt_tokens: input, completion_tokens: output },
  }
  if (answer.kind === 'text') return { ...envelope, content: answer.text }
  return { ...envelope, toolCalls: [{ name: answer.name, arguments: JSON.stringify(answer.args) }] }
}

function busy(model: string, retryAfter: number): FixtureResponse {
  const message = `Rate limit reached for ${model} on tokens per min (TPM): Limit 2000000, Used 2000000. Please try again.`
  return { status: 429, retryAfter, error: { message, type: 'tokens', code: 'rate_limit_exceeded' } }
}

function tooLong(): FixtureResponse {
  const message = "This model's maximum context length is 1047576 tokens. Please reduce the length of the messages."
  return {
    status: 400,
    error: { message, type: 'invalid_request_error', param: 'messages', code: 'context_length_exceeded' },
  }
}
