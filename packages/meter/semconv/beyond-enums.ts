import type { BeyondEnums } from './check-attributes.ts'

const NO_WORD = 'the conventions have no word for this endpoint, and their list is open'
const WIRE_TIER = 'a tier of the API of OpenAI, as the application asked for it; the list is open'

/** Reviewed: what we emit beyond the members that the registry lists. */
export const BEYOND_ENUMS: BeyondEnums = {
  'gen_ai.operation.name': {
    moderation: NO_WORD,
    decision: NO_WORD,
    compaction: NO_WORD,
    token_count: NO_WORD,
    video: NO_WORD,
    video_retrieval: NO_WORD,
    batch: NO_WORD,
    batch_retrieval: NO_WORD,
    administration: NO_WORD,
  },
  'openai.request.service_tier': { flex: WIRE_TIER, priority: WIRE_TIER },
}
