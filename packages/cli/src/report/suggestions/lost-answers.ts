import type { AskedCall } from '../../viewer/client.ts'
import { plural } from '../grouping.ts'
import { costOf, type Pricing } from '../pricing.ts'
import type { Search, Suggestion } from '../suggestion.ts'
import { MOST_NAMED, Tally } from '../tally.ts'

/** Answers that were paid for and broke off at the limit of their length. */
export class TruncatedOutput implements Search {
  readonly #truncated = new Tally()

  look(call: AskedCall): void {
    if (call.finishReason === 'length' || call.finishReason === 'max_output_tokens') this.#truncated.add(call)
  }

  get suggestions(): readonly Suggestion[] {
    const { count, named, picoUsd } = this.#truncated
    if (count === 0) return []
    return [
      {
        kind: 'truncated_output',
        advice: 'Raise the limit of the output, or ask for shorter answers: half an answer is paid for in full.',
        evidence: `${plural(count, 'answer')} ended because of their length.`,
        calls: named,
        count,
        savedPicoUsd: picoUsd,
        certainty: 'estimate',
        because: 'It is what these calls cost; some of the answers may have been of use all the same.',
      },
    ]
  }
}

/** Streams that the application left before they were complete: what had been generated is charged. */
export class AbandonedStreams implements Search {
  readonly #pricing: Pricing
  readonly #left = new Tally()
  #known = 0
  #estimated = 0
  #estimatedPicoUsd = 0n

  constructor(pricing: Pricing) {
    this.#pricing = pricing
  }

  look(call: AskedCall): void {
    if (call.status !== 'cancelled') return
    this.#left.add(call)
    if (costOf(call) !== undefined) {
      this.#known += 1
      return
    }
    const estimate = this.#pricing.costBy(this.#pricing.cardOf(call), call)
    if (estimate === undefined) return
    this.#estimated += 1
    this.#estimatedPicoUsd += estimate
  }

  get suggestions(): readonly Suggestion[] {
    const { count, named, picoUsd } = this.#left
    if (this.#known + this.#estimated === 0) return []
    const isExact = this.#estimated === 0
    return [
      {
        kind: 'abandoned_streams',
        advice: 'Start streams later, or end them sooner: those who leave have paid for what was generated.',
        evidence: `${plural(count, 'stream')} left before the end; ${this.#known} of them with a cost of the provider's tokens.`,
        calls: named,
        count,
        savedPicoUsd: picoUsd + this.#estimatedPicoUsd,
        certainty: isExact ? 'exact' : 'estimate',
        because: isExact
          ? 'The provider told what these calls used.'
          : 'A stream that is left tells no usage: tokens are estimated from what had arrived.',
      },
    ]
  }
}

/** Attempts that were refused for a quota: they cost no money, but time, and calls that were given up. */
export class RateLimits implements Search {
  readonly #newest: number[] = []
  #count = 0
  #hits = 0
  #waited = 0
  #failed = 0

  look({ id, status, rateLimitHits, asked }: AskedCall): void {
    if (rateLimitHits === 0 && status !== 'rate_limit') return
    if (this.#newest.length < MOST_NAMED) this.#newest.push(id)
    this.#count += 1
    this.#hits += Math.max(1, rateLimitHits)
    this.#waited += asked.waited
    if (status === 'rate_limit') this.#failed += 1
  }

  get suggestions(): readonly Suggestion[] {
    if (this.#count === 0) return []
    return [
      {
        kind: 'rate_limits',
        advice:
          'Spread these calls over time, or ask for a higher quota: refused attempts use up the limit of requests as well.',
        evidence: `${plural(this.#hits, 'attempt')} refused with 429 in ${plural(this.#count, 'call')}, ${this.#waited.toFixed(1)} s waited, ${plural(this.#failed, 'call')} given up.`,
        calls: this.#newest,
        count: this.#count,
        savedPicoUsd: 0n,
        certainty: 'exact',
        because: 'Refused attempts are not charged.',
      },
    ]
  }
}
