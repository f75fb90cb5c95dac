import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Something in a snippet that must go. */
interface Entity {
  readonly class: string
  readonly value: string
}

/** A text of the corpus: one with things to find, or a decoy, which must come back as it is. */
export interface Snippet {
  readonly file: string
  readonly text: string
  readonly entities: readonly Entity[]
  /** The class that a decoy could be taken for. */
  readonly decoyOf?: string
}

const MARK = /\[\[([a-z_\d]+):((?:(?!\]\]).)+)\]\]/g

/** Reads all `.txt` files beside this one. `\n` is a line break, `\\n` the two characters; `‖` keeps secrets from looking like secrets in the files. */
export function readCorpus(): readonly Snippet[] {
  return readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.txt'))
    .flatMap((file) =>
      readFileSync(join(import.meta.dirname, file), 'utf8')
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line) => (file === 'decoys.txt' ? decoy(file, line) : snippet(file, line))),
    )
}

function decoy(file: string, line: string): Snippet {
  const [decoyOf = '', text = ''] = line.split('\t')
  return { file, text: unescaped(text), entities: [], decoyOf }
}

function snippet(file: string, line: string): Snippet {
  const entities = [...line.matchAll(MARK)].map(([, name = '', value = '']): Entity => ({
    class: name,
    value: unescaped(value),
  }))
  return { file, text: unescaped(line.replace(MARK, '$2')), entities }
}

function unescaped(text: string): string {
  return text.replaceAll('‖', '').replace(/(\\?)\\n/g, (_, backslash: string) => (backslash ? '\\n' : '\n'))
}
