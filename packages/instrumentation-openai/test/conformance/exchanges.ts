import type { Scenario } from '../harmless/scenario.ts'
import type { Answer, Step, WireRequest } from '../support/wire-server.ts'

/** One request and what it was answered. */
export interface Exchange {
  readonly scenario: string
  readonly request: WireRequest
  readonly answer: Answer
}

/** What the servers of some scenarios were asked and answered. */
export class Exchanges {
  readonly #exchanges = new Map<string, Exchange>()
  readonly #counts = new Map<number, number>()

  /** The exchange with the server of that port which had that request id: servers number their answers from `req_1` on. */
  get(port: unknown, requestId: unknown): Exchange | undefined {
    return this.#exchanges.get(`${String(port)} ${String(requestId)}`)
  }

  /** The same scenarios, whose exchanges are noted. */
  noting(scenarios: readonly Scenario[]): readonly Scenario[] {
    return scenarios.map((scenario) => {
      const { name, script } = scenario
      if (script === 'nobody listens') return scenario
      const note = (step: Step): Step => this.#noting(name, step)
      return { ...scenario, script: Array.isArray(script) ? (script as Step[]).map(note) : note(script as Step) }
    })
  }

  #noting(scenario: string, step: Step): Step {
    return async (request) => {
      const port = Number(request.headers.host?.split(':')[1])
      const number = (this.#counts.get(port) ?? 0) + 1
      this.#counts.set(port, number)
      const answer = typeof step === 'function' ? await step(request) : step
      this.#exchanges.set(`${port} req_${number}`, { scenario, request, answer })
      return answer
    }
  }
}
