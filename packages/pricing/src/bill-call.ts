import type {
  CallEnd,
  CallStart,
  Cost,
  CostPart,
  ImageToolUse,
  Operation,
  PriceResult,
  Units,
  Usage,
  UsagePiece,
} from '@tokenmeter/meter'
import { bill } from './bill.ts'
import { type RateCard, type Resolution, unpriced } from './rate-card.ts'
import { usdFromPico } from './usd.ts'

const UNKNOWN_UNIT = unpriced('unknown_unit')
const SUMMED_USAGE = unpriced('summed_usage')

/** Their usage is a sum over many requests. */
const SUMS: ReadonlySet<Operation> = new Set(['batch', 'batch_retrieval'])

/**
 * The cost of all that a call is charged for, with what other models did for the one that was asked.
 *
 * @param cardOf finds the rate card of another model at the same provider.
 */
export function billCall(
  call: CallStart & CallEnd,
  card: RateCard,
  cardOf: (model: string) => Resolution,
): PriceResult {
  const { units } = call
  const result = billUsage(call, card)
  return units?.imageTool && result.cost ? withImages(result.cost, units.imageTool, cardOf) : result
}

function billUsage({ operation, usage, pieces, units }: CallStart & CallEnd, card: RateCard): PriceResult {
  if (pieces) return billPieces(pieces, units, card)
  const isKnown = !usage || !SUMS.has(operation) || isTheSameForAll(usage, card)
  return isKnown ? bill(card, usage, units) : SUMMED_USAGE
}

/** Whether a sum costs the same however it is spread over requests: none of them is longer than the sum. */
function isTheSameForAll({ inputTokens }: Usage, { rates, longContext }: RateCard): boolean {
  return rates.request === undefined && longContext.every(({ aboveInputTokens }) => inputTokens <= aboveInputTokens)
}

function billPieces(pieces: readonly UsagePiece[], units: Units | undefined, card: RateCard): PriceResult {
  const tools = bill(card, undefined, units, { count: 0, longestInput: 0 })
  if (!tools.cost) return tools
  let sum: Cost = { ...tools.cost, picoUsd: 0n, usd: 0, breakdown: [] }
  for (const { usage, requests, longestInput } of pieces) {
    const { cost, unpriced: reason } = bill(card, usage, undefined, { count: requests, longestInput })
    if (!cost) return unpriced(reason)
    sum = add(sum, cost.breakdown)
  }
  return { cost: add(sum, tools.cost.breakdown) }
}

function withImages(cost: Cost, { model, usage }: ImageToolUse, cardOf: (model: string) => Resolution): PriceResult {
  if (model === undefined || !usage) return UNKNOWN_UNIT
  const { card, unpriced: reason } = cardOf(model)
  if (!card) return unpriced(reason)
  const images = bill(card, usage)
  if (!images.cost) return images
  return {
    cost: add(
      cost,
      images.cost.breakdown.map((line) => ({ ...line, part: `image_tool.${line.part}` })),
    ),
  }
}

/** A bill with more lines. What has the same price is one line. */
function add(cost: Cost, lines: readonly CostPart[]): Cost {
  const breakdown = [...cost.breakdown]
  let { picoUsd } = cost
  for (const line of lines) {
    picoUsd += line.picoUsd
    const index = breakdown.findIndex(
      ({ part, usdPerMillion }) => part === line.part && usdPerMillion === line.usdPerMillion,
    )
    const known = breakdown[index]
    if (!known) breakdown.push(line)
    else breakdown[index] = { ...known, units: known.units + line.units, picoUsd: known.picoUsd + line.picoUsd }
  }
  return { ...cost, picoUsd, usd: usdFromPico(picoUsd), breakdown }
}
