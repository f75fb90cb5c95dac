import type OpenAI from 'openai'
import type { Answer } from '../../../instrumentation-openai/test/support/wire-server.ts'
import type { Plant } from './plant.ts'

/** The endpoint and what is asked of it, in a header of each request. */
export const SCENARIO_HEADER = 'x-scenario'

/** `refused`: the server quotes what it was sent. */
export type Variant = 'answered' | 'streamed' | 'refused'

/** One endpoint with something planted in every field that its requests and answers have. */
export interface MarkerScenario {
  /** File and name of the client's type of the request, all of whose fields must be there. */
  readonly parameters?: readonly [file: string, name: string]
  /** Fields of that type that cannot go together with others, and why. */
  readonly left?: Readonly<Record<string, string>>
  body?(plant: Plant): object
  ask(client: OpenAI, body: never, options: OpenAI.RequestOptions): PromiseLike<unknown>
  answered(plant: Plant): Answer
  streamed?(plant: Plant): Answer
}

/** An error as the API words it, with the request in it. */
export function refused(plant: Plant): Answer {
  const error = {
    message: plant.error('message'),
    type: plant.hidden('error_type'),
    param: plant.hidden('error_param'),
    code: plant.always('error_code'),
  }
  return { status: 400, json: { error } }
}
