import { type CallRequest, imageUnits, type RequestParameters } from '@tokenmeter/meter'
import { asArray, asInteger, asText, type JsonObject } from '../wire/json.ts'
import { readCharge } from '../wire/usage.ts'
import { imageContent } from './content/media-content.ts'
import { eventWithUsage } from './one-answer.ts'
import type { Answer, Draft, OperationRow } from './row.ts'

/** `POST /images/generations`, `/images/edits`, `/images/variations`, streamed or not */
export const images: OperationRow = {
  operation: 'image',
  readRequest,
  readAnswer,
  createStreamReader: eventWithUsage(
    new Set(['image_generation.completed', 'image_edit.completed']),
    (event): Answer => ({ response: {}, ...readCharge('image', event['usage']) }),
  ),
  content: imageContent,
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

function readAnswer(body: JsonObject, { model, deployment, variant = {} }: CallRequest): Answer {
  const charge = readCharge('image', body['usage'])
  if (charge.usage) return { response: {}, ...charge }
  const outputImages = asArray(body['data'])?.length
  // The model behind a deployment may be one of those that are charged apiece, or not.
  const units =
    deployment === undefined
      ? imageUnits(model ?? '', variant, outputImages)
      : { ...variant, ...(outputImages !== undefined && { outputImages }) }
  return { response: {}, ...charge, ...(units && { units }) }
}
