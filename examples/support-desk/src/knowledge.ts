import { openai } from './clients.ts'
import { ARTICLES } from './handbook.ts'
import { EMBEDDING_MODEL } from './models.ts'
import type { Ticket } from './ticket.ts'

/** Articles shown to the customer. */
const TOP = 3

let articleVectors: Promise<number[][]> | undefined

/** Titles of the articles nearest in meaning to a question, best first. */
export async function searchKnowledge(question: Ticket): Promise<string[]> {
  const [articles, [wanted]] = await Promise.all([vectorsOfArticles(), embed([question.text])])
  if (!wanted) return []
  return ARTICLES.map(({ title }, index) => ({ title, score: cosine(wanted, articles[index] ?? []) }))
    .toSorted((a, b) => b.score - a.score)
    .slice(0, TOP)
    .map(({ title }) => title)
}

/** The articles are embedded once, at the first search; a failure is not remembered. */
function vectorsOfArticles(): Promise<number[][]> {
  articleVectors ??= embed(ARTICLES.map(({ title, body }) => `${title}\n${body}`)).catch((error: unknown) => {
    articleVectors = undefined
    throw error
  })
  return articleVectors
}

async function embed(texts: string[]): Promise<number[][]> {
  const { data } = await openai.embeddings.create({ model: EMBEDDING_MODEL, input: texts })
  return data.map(({ embedding }) => embedding)
}

function cosine(a: readonly number[], b: readonly number[]): number {
  let dot = 0
  for (let i = 0; i < a.length; i++) dot += (a[i] ?? 0) * (b[i] ?? 0)
  return dot / (Math.hypot(...a) * Math.hypot(...b) || 1)
}
