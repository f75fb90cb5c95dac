import { findProvider } from '@pydantic/genai-prices'
import { GENAI_PRICES_SOURCE } from '../src/index.ts'
import { OVERLAY_FILES } from '../src/overlay/overlay.ts'
import { COMPARED, genaiQuotes, type ListedModel } from './genai-quotes.ts'
import { type LitellmTable, litellmQuotes } from './litellm-quotes.ts'
import { compare, type Difference, type Quote } from './quote.ts'
import { explains, type Reason, readReasons } from './reasons.ts'
import { readWitness, WITNESSES, type WitnessName } from './witnesses.ts'

/**
 * Compares what our price book says about OpenAI, Azure and those who speak their language with the lists of others, figure by figure, and tells every difference with its reason from
 * `reviewed-differences.json`. Ends with 1 when a difference has no reason, or a reason no difference.
 */

interface Witness {
  readonly name: string
  readonly quotes: readonly Quote[]
}

interface PythonProvider {
  readonly id: string
  readonly models: readonly ListedModel[]
}

function pinnedLibrary(): Witness {
  const quotes = Object.keys(COMPARED).flatMap((id) => genaiQuotes(id, findProvider({ providerId: id })?.models ?? []))
  return { name: GENAI_PRICES_SOURCE, quotes }
}

async function pythonWitness(name: WitnessName): Promise<Witness | undefined> {
  const title = `${name}@${WITNESSES[name].version}`
  console.log(`reading ${title} …`)
  try {
    const said = await readWitness(name)
    const quotes =
      name === 'litellm'
        ? litellmQuotes(said as LitellmTable)
        : (said as readonly PythonProvider[]).flatMap(({ id, models }) => genaiQuotes(id, models))
    return { name: `${title} (Python)`, quotes }
  } catch (error) {
    const [why = ''] = String(error instanceof Error ? error.message : error).split('\n')
    console.log(`${title} cannot be had, and is not compared: ${why}`)
    return undefined
  }
}

function report(
  witness: string,
  count: number,
  differences: readonly Difference[],
  reasons: readonly Reason[],
): Reason[] {
  const used: Reason[] = []
  console.log(`\n${witness}: ${count} figures, ${differences.length} of them differ`)
  for (const difference of differences) {
    const reason = reasons.find((candidate) => explains(candidate, difference))
    if (reason) used.push(reason)
    else process.exitCode = 1
    console.log(
      `  ${line(difference)}: ${reason ? `${reason.reason} [${reason.source}, ${reason.date}]` : 'NO REASON'}`,
    )
  }
  return used
}

function line({
  provider,
  model,
  tier,
  zone,
  part,
  aboveInputTokens,
  usdPerMillion,
  ours,
  unpriced,
}: Difference): string {
  const long = aboveInputTokens > 0 ? ` above ${aboveInputTokens}` : ''
  const mine = ours ?? `none${unpriced === undefined ? '' : `, ${unpriced}`}`
  return `${provider} ${model} ${tier} ${zone} ${part}${long}: theirs ${usdPerMillion}, ours ${mine}`
}

/** Offers of our own list that no witness has: each is as good as the source that it names. */
function tellOnlyOurs(witnesses: readonly Witness[]): void {
  const theirs = new Set(witnesses.flatMap(({ quotes }) => quotes.map(offerOf)))
  console.log('\nonly in our own list:')
  for (const { source: shared, date: day, prices } of OVERLAY_FILES) {
    for (const { provider, models, tiers = ['standard'], zone = 'global', source = shared, date = day } of prices) {
      const alone = models.filter(
        (model) => !tiers.some((tier) => theirs.has(offerOf({ provider, model, tier, zone }))),
      )
      if (alone.length > 0)
        console.log(`  ${provider} ${alone.join(', ')} ${tiers.join(', ')} ${zone} [${source}, ${date}]`)
    }
  }
}

const offerOf = ({ provider, model, tier, zone }: Pick<Quote, 'provider' | 'model' | 'tier' | 'zone'>): string =>
  `${provider} ${model.toLowerCase()} ${tier} ${zone}`

const reasons = readReasons()
const python = await Promise.all((Object.keys(WITNESSES) as WitnessName[]).map(pythonWitness))
const witnesses = [pinnedLibrary(), ...python.filter((witness) => witness !== undefined)]
const used = new Set(
  witnesses.flatMap(({ name, quotes }) => report(name, quotes.length, compare(name, quotes), reasons)),
)
tellOnlyOurs(witnesses)
const idle = witnesses.length === python.length + 1 ? reasons.filter((reason) => !used.has(reason)) : []
for (const { reason } of idle) console.log(`\nnothing differs any more for this reason: ${reason}`)
if (idle.length > 0) process.exitCode = 1
console.log(process.exitCode ? '\nnot every difference is explained' : '\nevery difference is explained')
