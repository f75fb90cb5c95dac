/**
 * Breaks every rule in every small way and sees whether the unit tests notice. A mutant that survives is a number, a label or
 * a comparison that no test depends on.
 *
 *     node collector/rules/mutate.ts                  # all rules
 *     node collector/rules/mutate.ts HighAICost       # these
 */
import { availableParallelism } from 'node:os'
import { type Mutation, mutationsOf } from './mutations.ts'
import { findProgram } from './program.ts'
import { nameOf, type PlacedRule, readRules } from './rule-files.ts'
import { isEquivalent } from './equivalent-mutants.ts'
import { TestBench } from './test-bench.ts'

interface Mutant {
  readonly placed: PlacedRule
  readonly mutation: Mutation
}

async function main(names: readonly string[]): Promise<void> {
  const promtool = await findProgram('prometheus', 'promtool')
  const mutants = readRules()
    .filter(({ rule }) => names.length === 0 || names.includes(nameOf(rule)))
    .flatMap((placed) => mutationsOf(placed.rule).map((mutation) => ({ placed, mutation })))
    .filter(({ placed, mutation }) => !isEquivalent(nameOf(placed.rule), mutation.change))
  if (mutants.length === 0) throw new Error(`There is no rule called ${names.join(' or ')}.`)
  {
    await using bench = await TestBench.create(promtool)
    await bench.verify()
  }
  const survivors: Mutant[] = []
  const queue = mutants.values()
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      await using bench = await TestBench.create(promtool)
      for (const mutant of queue) {
        if (await bench.notices(mutant.mutation.rule)) continue
        survivors.push(mutant)
        console.log(`survived  ${nameOf(mutant.placed.rule)}  ${mutant.mutation.change}`)
      }
    }),
  )
  console.log(`${mutants.length - survivors.length} of ${mutants.length} mutants were noticed.`)
  if (survivors.length > 0) process.exitCode = 1
}

await main(process.argv.slice(2))
