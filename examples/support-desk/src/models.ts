/** Fast and cheap: answers, order look-ups, summaries, drafts. */
export const ANSWER_MODEL = 'gpt-4.1-mini'

/** Thinks before it answers: deciding who must see a ticket first. */
export const TRIAGE_MODEL = 'gpt-5-mini'

/** Turns text into vectors for the knowledge base. */
export const EMBEDDING_MODEL = 'text-embedding-3-small'

/** The Azure deployment that regulated customers have agreed to. */
export const REGULATED_DEPLOYMENT: string = process.env['AZURE_OPENAI_DEPLOYMENT'] ?? 'support-regulated'
