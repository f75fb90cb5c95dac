import type { Scenario } from '../scenario.ts'
import { askedStreams } from './asked-streams.ts'
import { clients } from './clients.ts'
import { customFetch } from './custom-fetch.ts'
import { errors } from './errors.ts'
import { goodCalls } from './good-calls.ts'
import { oddAnswers } from './odd-answers.ts'
import { oddInput } from './odd-input.ts'
import { otherEndpoints } from './other-endpoints.ts'
import { parameters } from './parameters.ts'
import { promises } from './promises.ts'
import { rawBodies } from './raw-bodies.ts'
import { rawResponses } from './raw-responses.ts'
import { toolRuns } from './run-tools.ts'
import { realtimeSockets } from './realtime-sockets.ts'
import { responsesSockets } from './responses-sockets.ts'
import { streamRunners } from './stream-runners.ts'
import { streamsLeftEarly } from './streams-left-early.ts'
import { streamsOnTheWire } from './streams-on-the-wire.ts'
import { streams } from './streams.ts'
import { structuredOutput } from './structured-output.ts'
import { unhandled } from './unhandled.ts'
import { wireFaults } from './wire-faults.ts'

/** Every scenario, in the order in which a program runs them. */
export const SCENARIOS: readonly Scenario[] = [
  ...goodCalls,
  ...otherEndpoints,
  ...parameters,
  ...promises,
  ...rawResponses,
  ...rawBodies,
  ...unhandled,
  ...streams,
  ...streamsLeftEarly,
  ...streamsOnTheWire,
  ...streamRunners,
  ...toolRuns,
  ...structuredOutput,
  ...errors,
  ...clients,
  ...askedStreams,
  ...customFetch,
  ...oddInput,
  ...oddAnswers,
  ...wireFaults,
  ...realtimeSockets,
  ...responsesSockets,
]
