import { type Figures, score } from './score.ts'

const { snippets, overall, byClass, misses } = score()
const cells = (name: string, { entities, caught, decoys, changed, precision, recall, f1 }: Figures): string =>
  [
    name.padEnd(16),
    `${caught}/${entities}`.padStart(8),
    `${changed}/${decoys}`.padStart(9),
    ...[precision, recall, f1].map((value) => value.toFixed(3).padStart(9)),
  ].join(' ')

console.log(
  ['class'.padEnd(16), 'caught'.padStart(8), 'decoys ch.'.padStart(9), 'precision', '  recall', '      F1'].join(' '),
)
for (const [name, figures] of byClass) console.log(cells(name, figures))
console.log(cells(`all (${snippets})`, overall))
for (const miss of misses) console.log(miss)
