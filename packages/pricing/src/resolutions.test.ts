import { describe, expect, it } from 'vitest'
import { unpriced } from './rate-card.ts'
import { Resolutions } from './resolutions.ts'

const query = (model: string, tier = 'standard') => ({ provider: 'openai', model, tier, zone: 'global' })
const none = unpriced('unknown_model')

describe('resolutions that are remembered', () => {
  it('are found again by every field of the question and by the day', () => {
    const resolutions = new Resolutions()
    resolutions.add(query('gpt-4o'), 20_000, none)
    expect(resolutions.find(query('gpt-4o'), 20_000)).toBe(none)
    const others = [
      { ...query('gpt-4o'), provider: 'groq' },
      query('gpt-4o', 'batch'),
      { ...query('gpt-4o'), zone: 'eu' },
      { ...query('gpt-4o'), size: '1024x1024' },
      { ...query('gpt-4o'), quality: 'high' },
      query('gpt-4.1'),
    ]
    for (const other of others) expect(resolutions.find(other, 20_000)).toBeUndefined()
    expect(resolutions.find(query('gpt-4o'), 20_001)).toBeUndefined()
  })

  it('are 1000 at most: those of the model that came first go first', () => {
    const resolutions = new Resolutions()
    for (let index = 0; index < 1001; index++) resolutions.add(query(`model ${index}`), 20_000, none)
    expect(resolutions.find(query('model 0'), 20_000)).toBeUndefined()
    expect(resolutions.find(query('model 1'), 20_000)).toBe(none)
    expect(resolutions.find(query('model 1000'), 20_000)).toBe(none)
  })
})
