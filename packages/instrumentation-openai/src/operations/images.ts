import type { CallRequest, RequestParameters, Units, Usage } from '@tokenmeter/meter'
import { asArray, asInteger, asText, type JsonObject } from '../wire/json.ts'
import { readResponseUsage } from '../wire/usage.ts'
import { eventWithUsage } from './one-answer.ts'
import type { Answer, Draft, OperationRow } from './row.ts'

/** `POST /images/generations`, `/images/edits`, `/images/variations`, streamed or not */
export const images: OperationRow = {
  operation: 'image',
  readRequest,
  readAnswer,
  createStreamReader: eventWithUsage(
    new Set(['image_generation.completed', 'image_edit.completed']),
    (event): Answer => ({ response: {}, usage: readImageUsage(event['usage']) }),
  ),
}

function readRequest(body: JsonObject): CallRequest {
  const parameters: Draft<RequestParameters> = { outputType: 'image' }
  const choices = asInteger(Number(body['n']))
  if (choices !== undefined && choices > 1) parameters.choiceCount = choices
  const model = asText(body['model'])
  const size = asText(body['size'])
  const quality = asText(body['quality'])
  return {
    ...(model !== undefined && { model }),
    // Uploads are forms, in which everything is text.
    stream: body['stream'] === true || body['stream'] === 'true',
    parameters,
    inputIsText: body['image'] === undefined,
    outputIsText: false,
    ...((size ?? quality) !== undefined && {
      variant: { ...(size !== undefined && { size }), ...(quality !== undefined && { quality }) },
    }),
  }
}

function readAnswer(body: JsonObject, { model, deployment, variant }: CallRequest): Answer {
  const usage = readImageUsage(body['usage'])
  if (usage) return { response: {}, usage }
  // The model behind a deployment may be one of those that are charged apiece, or not.
  if (deployment !== undefined) return { response: {}, units: { ...variant, ...countImages(body) } }
  // Only the DALL-E models are charged apiece: https://developers.openai.com/api/docs/pricing
  if (!model?.startsWith('dall-e-')) return { response: {} }
  const units: Draft<Units> = { size: variant?.size ?? DALL_E_SIZE, ...countImages(body) }
  if (model === 'dall-e-3') units.quality = variant?.quality ?? DALL_E_3_QUALITY
  return { response: {}, units }
}

function countImages(body: JsonObject): Pick<Units, 'outputImages'> {
  const outputImages = asArray(body['data'])?.length
  return outputImages === undefined ? {} : { outputImages }
}

/** What the API takes when the request does not say: https://developers.openai.com/api/docs/api-reference/images/create */
const DALL_E_SIZE = '1024x1024'
const DALL_E_3_QUALITY = 'standard'

/** All output of an image model is image, unless it says more exactly. */
function readImageUsage(value: unknown): Usage | undefined {
  const usage = readResponseUsage(value)
  if (!usage || usage.output) return usage
  return { ...usage, output: { image: usage.outputTokens } }
}
