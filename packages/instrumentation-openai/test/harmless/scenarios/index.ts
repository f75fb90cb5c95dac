import type { Scenario } from '../scenario.ts'
import { clients } from './clients.ts'
import { errors } from './errors.ts'
import { goodCalls } from './good-calls.ts'
import { oddAnswers } from './odd-answers.ts'
import { oddInput } from './odd-input.ts'
import { promises } from './promises.ts'
import { streamRunners } from './stream-runners.ts'
import { streams } from './streams.ts'
import { structuredOutput } from './structured-output.ts'

/** Every scenario, in the order in which a program runs them. */
export const SCENARIOS: readonly Scenario[] = [
  ...goodCalls,
  ...promises,
  ...streams,
  ...streamRunners,
  ...structuredOutput,
  ...errors,
  ...clients,
  ...oddInput,
  ...oddAnswers,
]
