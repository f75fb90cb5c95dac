import * as jobs from './job-scenarios.ts'
import * as media from './media-scenarios.ts'
import * as responses from './response-scenarios.ts'
import type { MarkerScenario } from './scenario.ts'
import * as text from './text-scenarios.ts'

/** A scenario for every endpoint of the table of operations: a row without one fails the test. */
export const SCENARIOS: Readonly<Record<string, MarkerScenario>> = {
  'POST /chat/completions': text.chat,
  'POST /responses': responses.responses,
  'GET /responses/{}': responses.fetchedResponse,
  'POST /responses/compact': responses.compaction,
  'POST /responses/input_tokens': responses.tokenCount,
  'POST /completions': text.completions,
  'POST /embeddings': text.embeddings,
  'POST /images/generations': media.images,
  'POST /images/edits': media.imageEdits,
  'POST /images/variations': media.imageVariations,
  'POST /audio/speech': media.speech,
  'POST /audio/transcriptions': media.transcriptions,
  'POST /audio/translations': media.translations,
  'POST /moderations': text.moderations,
  'POST /decisions': text.decisions,
  'POST /videos': media.videos,
  'POST /videos/edits': media.videoEdits,
  'POST /videos/extensions': media.videoExtensions,
  'POST /videos/{}/remix': media.videoRemix,
  'GET /videos/{}': media.fetchedVideo,
  'POST /vector_stores/{}/search': text.search,
  'POST /batches': jobs.batches,
  'GET /batches/{}': jobs.fetchedBatch,
}
