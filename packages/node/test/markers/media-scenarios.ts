import { DONE, sse } from '../../../instrumentation-openai/test/support/wire-answers.ts'
import type { Answer } from '../../../instrumentation-openai/test/support/wire-server.ts'
import type { Plant } from './plant.ts'
import type { MarkerScenario } from './scenario.ts'

const USAGE = { input_tokens: 4, output_tokens: 3, total_tokens: 7 }

const madeImages = (plant: Plant): Answer => ({
  json: {
    created: 1795478400,
    output_format: 'png',
    data: [
      { b64_json: plant.base64('made'), revised_prompt: plant.content('revised_prompt') },
      { url: `https://example.com/made/${encodeURIComponent(plant.content('made_url'))}` },
    ],
    usage: USAGE,
  },
})

const streamedImages =
  (kind: string) =>
  (plant: Plant): Answer => ({
    pieces: [
      sse({ type: `${kind}.partial_image`, b64_json: plant.base64('partial') }),
      sse({ type: `${kind}.completed`, b64_json: plant.base64('completed'), usage: USAGE }),
      DONE,
    ],
  })

const imageSettings = (plant: Plant): object => ({
  model: plant.always('model'),
  background: 'auto',
  complexity: 'low',
  frame_count: 1,
  frame_duration_ms: 1,
  n: 1,
  output_compression: 1,
  output_format: 'png',
  partial_images: 1,
  quality: 'low',
  response_format: 'b64_json',
  safety_identifier: plant.hidden('safety_identifier'),
  size: 'auto',
  stream: false,
  svg: null,
  user: plant.hidden('user'),
})

export const images: MarkerScenario = {
  parameters: ['images.d.ts', 'ImageGenerateParamsBase'],
  body: (plant) => ({
    ...imageSettings(plant),
    prompt: plant.content('prompt'),
    moderation: 'low',
    style: plant.hidden('style'),
  }),
  ask: (client, body, options) => client.images.generate(body, options),
  answered: madeImages,
  streamed: streamedImages('image_generation'),
}

export const imageEdits: MarkerScenario = {
  parameters: ['images.d.ts', 'ImageEditParamsBase'],
  body: (plant) => ({
    ...imageSettings(plant),
    prompt: plant.content('prompt'),
    image: [plant.file('image', 'image/png'), plant.file('second_image', 'image/png')],
    mask: plant.file('mask', 'image/png'),
    markup: plant.file('markup', 'image/png'),
    input_fidelity: 'high',
  }),
  ask: (client, body, options) => client.images.edit(body, options),
  answered: madeImages,
  streamed: streamedImages('image_edit'),
}

export const imageVariations: MarkerScenario = {
  parameters: ['images.d.ts', 'ImageCreateVariationParams'],
  body: (plant) => ({
    image: plant.file('image', 'image/png'),
    model: plant.always('model'),
    n: 1,
    response_format: 'b64_json',
    size: '256x256',
    user: plant.hidden('user'),
  }),
  ask: (client, body, options) => client.images.createVariation(body, options),
  answered: madeImages,
}

export const speech: MarkerScenario = {
  parameters: ['audio/speech.d.ts', 'SpeechCreateParams'],
  body: (plant) => ({
    model: plant.always('model'),
    input: plant.content('input'),
    instructions: plant.content('instructions'),
    voice: plant.hidden('voice'),
    response_format: 'mp3',
    speed: 1,
    stream_format: 'audio',
  }),
  ask: async (client, body, options) => (await client.audio.speech.create(body, options)).arrayBuffer(),
  answered: (plant) => ({ body: plant.hidden('sound'), headers: { 'content-type': 'audio/mpeg' } }),
}

const heard = (plant: Plant): object => ({
  model: plant.always('model'),
  file: plant.file('sound', 'audio/wav'),
  prompt: plant.content('prompt'),
  response_format: 'verbose_json',
  temperature: 0,
})

const transcript = (plant: Plant): Answer => ({
  json: {
    text: plant.content('transcript'),
    words: [{ word: plant.hidden('word') }],
    segments: [{ text: plant.hidden('segment') }],
    usage: { type: 'tokens', input_tokens: 4, output_tokens: 3, total_tokens: 7 },
  },
})

export const transcriptions: MarkerScenario = {
  parameters: ['audio/transcriptions.d.ts', 'TranscriptionCreateParamsBase'],
  body: (plant) => ({
    ...heard(plant),
    chunking_strategy: 'auto',
    include: ['logprobs'],
    keywords: [plant.hidden('keyword')],
    known_speaker_names: [plant.hidden('speaker')],
    known_speaker_references: [plant.hidden('speaker_reference')],
    language: 'de',
    languages: ['de'],
    stream: false,
    timestamp_granularities: ['word'],
  }),
  ask: (client, body, options) => client.audio.transcriptions.create(body, options),
  answered: transcript,
  streamed: (plant) => ({
    pieces: [
      sse({ type: 'transcript.text.delta', delta: plant.hidden('delta') }),
      sse({
        type: 'transcript.text.done',
        text: plant.content('done'),
        usage: { type: 'tokens', input_tokens: 4, output_tokens: 3, total_tokens: 7 },
      }),
    ],
  }),
}

export const translations: MarkerScenario = {
  parameters: ['audio/translations.d.ts', 'TranslationCreateParams'],
  body: heard,
  ask: (client, body, options) => client.audio.translations.create(body, options),
  answered: transcript,
}

const video = (plant: Plant): Answer => ({
  json: {
    id: plant.always('id'),
    object: 'video',
    model: plant.always('response_model'),
    status: plant.always('status'),
    prompt: plant.hidden('echoed_prompt'),
    error: { code: plant.hidden('video_code'), message: plant.hidden('video_error') },
    seconds: '4',
    size: '720x1280',
  },
})

export const videos: MarkerScenario = {
  parameters: ['videos.d.ts', 'VideoCreateParams'],
  body: (plant) => ({
    model: plant.always('model'),
    prompt: plant.content('prompt'),
    input_reference: plant.file('reference', 'image/png'),
    seconds: '4',
    size: '720x1280',
  }),
  ask: (client, body, options) => client.videos.create(body, options),
  answered: video,
}

export const videoEdits: MarkerScenario = {
  parameters: ['videos.d.ts', 'VideoEditParams'],
  body: (plant) => ({ prompt: plant.content('prompt'), video: plant.file('video', 'video/mp4') }),
  ask: (client, body, options) => client.videos.edit(body, options),
  answered: video,
}

export const videoExtensions: MarkerScenario = {
  parameters: ['videos.d.ts', 'VideoExtendParams'],
  body: (plant) => ({ prompt: plant.content('prompt'), seconds: '4', video: plant.file('video', 'video/mp4') }),
  ask: (client, body, options) => client.videos.extend(body, options),
  answered: video,
}

export const videoRemix: MarkerScenario = {
  parameters: ['videos.d.ts', 'VideoRemixParams'],
  body: (plant) => ({ prompt: plant.content('prompt') }),
  ask: (client, body, options) => client.videos.remix('video_1', body, options),
  answered: video,
}

export const fetchedVideo: MarkerScenario = {
  ask: (client, _body, options) => client.videos.retrieve('video_1', options),
  answered: video,
}
