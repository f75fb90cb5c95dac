import type { RawContent, RetrievedDocument } from '@tokenmeter/meter'
import { asArray, asNumber, asObject, asText } from '../../wire/json.ts'
import type { RowContent } from './row-content.ts'

/** `POST /vector_stores/{}/search`: what was searched for, and what was found. */
export const searchContent: RowContent = {
  fields: ['retrievalQuery', 'retrievalDocuments'],
  readRequest: ({ query }): RawContent => {
    const retrievalQuery = (asArray(query) ?? [query]).filter((text) => asText(text) !== undefined).join('\n')
    return retrievalQuery === '' ? {} : { retrievalQuery }
  },
  // The application gets a page of the client's, which has its documents where the answer has them.
  readAnswer: (body) => ({ retrievalDocuments: (asArray(asObject(body)?.['data']) ?? []).map(documentOf) }),
}

function documentOf(value: unknown): RetrievedDocument {
  const { file_id: id, score, filename, content } = asObject(value) ?? {}
  const known = asText(id)
  const relevance = asNumber(score)
  const texts = (asArray(content) ?? []).flatMap((part) => asText(asObject(part)?.['text']) ?? [])
  return {
    ...(known !== undefined && { id: known }),
    ...(relevance !== undefined && { score: relevance }),
    ...(asText(filename) !== undefined && { filename }),
    ...(texts.length > 0 && { content: texts.join('\n') }),
  }
}
