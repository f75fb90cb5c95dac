import { register, tool } from '@tokenmeter/node'
import OpenAI from 'openai'
import { Plant } from '../markers/plant.ts'
import { SCENARIO_HEADER, type Variant } from '../markers/scenario.ts'
import { SCENARIOS } from '../markers/scenarios.ts'

/*
 * Asks every endpoint with something planted in every field: answered, streamed where it can be, and refused. Prints `/metrics` at the end, and nothing else.
 */

const { metricsUrl } = register()
const client = new OpenAI({ apiKey: 'sk-test', maxRetries: 0 })

async function ask(endpoint: string, variant: Variant): Promise<void> {
  const scenario = SCENARIOS[endpoint]
  const body = { ...scenario?.body?.(new Plant(endpoint)), ...(variant === 'streamed' && { stream: true }) }
  const options = { headers: { [SCENARIO_HEADER]: `${variant} ${endpoint}` } }
  const answer = await scenario?.ask(client, body as never, options)
  if (variant === 'streamed') for await (const _ of answer as AsyncIterable<unknown>) void _
}

for (const [endpoint, { streamed }] of Object.entries(SCENARIOS)) {
  await ask(endpoint, 'answered')
  if (streamed) await ask(endpoint, 'streamed')
  await ask(endpoint, 'refused').catch(() => {})
}

const tools = new Plant('tools')
const lookUp = tool('look_up', (args: object) => ({ args, found: tools.content('result') }))
lookUp({ who: tools.content('arguments') })
const fail = tool('fail', () => {
  throw new Error(tools.hidden('exception'))
})
try {
  fail()
} catch {
  // Nobody may hear of it but the application.
}

console.log(await (await fetch((await metricsUrl) ?? '')).text())
