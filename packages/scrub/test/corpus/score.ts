import { createScrubber, DATA_CLASSES } from '../../src/index.ts'
import { readCorpus, type Snippet } from './corpus.ts'

/** Figures of one class, or of all. */
export interface Figures {
  readonly entities: number
  readonly caught: number
  readonly decoys: number
  readonly changed: number
  readonly precision: number
  readonly recall: number
  readonly f1: number
}

export interface Score {
  readonly snippets: number
  readonly overall: Figures
  readonly byClass: ReadonlyMap<string, Figures>
  /** What went wrong, one line each. */
  readonly misses: readonly string[]
}

/**
 * Scores the scrubber on the corpus. An entity is caught when neither it nor any run of 60 % of it is left. A decoy must come back byte for byte. Precision of a class
 * is told by the decoys that are aimed at it.
 */
export function score(): Score {
  const { scrub } = createScrubber()
  const corpus = readCorpus()
  const misses: string[] = []
  const tallies = new Map<string, Tally>(
    DATA_CLASSES.map((name) => [name, { entities: 0, caught: 0, decoys: 0, changed: 0 }]),
  )
  for (const snippet of corpus) {
    const cleaned = scrub(snippet.text)
    const count = (name: string, key: keyof Tally): void => {
      const tally = tallies.get(name)
      if (!tally) throw new Error(`${snippet.file}: there is no class ${name}`)
      tally[key]++
    }
    for (const { class: name, value } of snippet.entities) {
      count(name, 'entities')
      if (survives(value, cleaned)) misses.push(`missed ${name} in ${snippet.file}: ${snippet.text} → ${cleaned}`)
      else count(name, 'caught')
    }
    if (snippet.decoyOf !== undefined) {
      count(snippet.decoyOf, 'decoys')
      if (cleaned === snippet.text) continue
      count(snippet.decoyOf, 'changed')
      misses.push(`changed decoy of ${snippet.decoyOf}: ${snippet.text} → ${cleaned}`)
    }
  }
  const byClass = new Map([...tallies].map(([name, tally]) => [name, figures(tally)]))
  return {
    snippets: corpus.length,
    overall: figures(sum([...tallies.values()])),
    byClass,
    misses: [...misses, ...over(corpus, scrub)],
  }
}

interface Tally {
  entities: number
  caught: number
  decoys: number
  changed: number
}

function sum(tallies: readonly Tally[]): Tally {
  const total: Tally = { entities: 0, caught: 0, decoys: 0, changed: 0 }
  for (const tally of tallies) for (const key of Object.keys(total) as (keyof Tally)[]) total[key] += tally[key]
  return total
}

function figures(tally: Tally): Figures {
  const precision = tally.caught / (tally.caught + tally.changed || 1)
  const recall = tally.entities === 0 ? 1 : tally.caught / tally.entities
  return { ...tally, precision, recall, f1: (2 * precision * recall) / (precision + recall || 1) }
}

function survives(value: string, cleaned: string): boolean {
  const run = Math.ceil(value.length * 0.6)
  for (let start = 0; start + run <= value.length; start++) {
    if (cleaned.includes(value.slice(start, start + run))) return true
  }
  return false
}

/** Snippets in which more went than what is marked: told, and not counted. */
function over(corpus: readonly Snippet[], scrub: (text: string) => string): readonly string[] {
  return corpus.flatMap(({ text, entities, file }) => {
    if (entities.length === 0) return []
    let kept = text
    for (const { value } of entities) kept = kept.replace(value, '\0')
    const cleaned = scrub(text)
    const lost = kept.split('\0').filter((piece) => piece.trim().length > 1 && !cleaned.includes(piece.trim()))
    return lost.length === 0 ? [] : [`over in ${file}: ${text} → ${cleaned}`]
  })
}
