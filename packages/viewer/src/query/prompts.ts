import type { DatabaseSync } from 'node:sqlite'
import { AI_ATTRIBUTE, AI_EVENT, ATTRIBUTE } from '@tokenmeter/meter'
import { spanBodyOf } from './traces.ts'

/** What a call was asked, as far as content was captured. */
export interface Asked {
  /** Instructions, tools and messages, in this order, as they are in the span; `null` where content is not captured. */
  readonly text: string | null
  readonly temperature: number | null
  readonly isStream: boolean
  /** Seconds that were waited between attempts. */
  readonly waited: number
}

/** Characters of a prompt that are given; what is longer is cut. */
const MOST_CHARACTERS = 100_000

const CONTENT = [ATTRIBUTE.genAiSystemInstructions, ATTRIBUTE.genAiToolDefinitions, ATTRIBUTE.genAiInputMessages]

/** What calls were asked, by their numbers. */
export function askedOf(database: DatabaseSync, ids: readonly number[]): readonly Asked[] {
  const find = database.prepare('SELECT body FROM bodies WHERE id = ?')
  return ids.map((id) => readAsked(find.get(id) ?? { body: '{"attributes":{}}' }))
}

function readAsked(row: Readonly<Record<string, unknown>>): Asked {
  const { attributes, events = [] } = spanBodyOf(row)
  const texts = CONTENT.flatMap((name) => {
    const value = attributes[name]
    return value === undefined ? [] : [typeof value === 'string' ? value : JSON.stringify(value)]
  })
  const temperature = attributes[ATTRIBUTE.genAiRequestTemperature]
  const delays = events.filter(({ name }) => name === AI_EVENT.attempt).map((event) => delayOf(event.attributes))
  return {
    text: attributes[ATTRIBUTE.genAiInputMessages] === undefined ? null : texts.join('\n').slice(0, MOST_CHARACTERS),
    temperature: typeof temperature === 'number' ? temperature : null,
    isStream: attributes[ATTRIBUTE.genAiRequestStream] === true,
    waited: delays.reduce((sum, delay) => sum + delay, 0),
  }
}

function delayOf(attributes: object): number {
  const delay = (attributes as Readonly<Record<string, unknown>>)[AI_ATTRIBUTE.delay]
  return typeof delay === 'number' ? delay : 0
}
