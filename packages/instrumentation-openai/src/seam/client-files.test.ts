import { describe, expect, it } from 'vitest'
import { clientFileOf } from './client-files.ts'

const PACKAGE = 'file:///app/node_modules/openai'

describe('files of the client', () => {
  it.each([
    ['client.mjs', 'OpenAI'],
    ['client.js', 'OpenAI'],
    ['core.js', 'APIClient'],
    ['resources/beta/chat/completions.mjs', 'Completions'],
    ['realtime/ws.mjs', 'OpenAIRealtimeWS'],
    ['resources/live/sideband/ws-base.js', 'SidebandWSBase'],
  ])('%s defines %s', (file, className) => {
    expect(clientFileOf(`${PACKAGE}/${file}`)).toEqual({ folder: PACKAGE, className })
  })

  it('of two names that fit, the longer one tells the package', () => {
    expect(clientFileOf(`${PACKAGE}/beta/realtime/ws.js`)).toEqual({ folder: PACKAGE, className: 'OpenAIRealtimeWS' })
  })

  it('are known by their path, whatever stands behind it', () => {
    expect(clientFileOf(`${PACKAGE}/client.mjs?tsx-namespace=1`)).toEqual({ folder: PACKAGE, className: 'OpenAI' })
  })

  it.each([`${PACKAGE}/client.cjs`, `${PACKAGE}/resources/chat/completions/index.js`, `${PACKAGE}/client`, 'node:fs'])(
    '%s is none',
    (url) => {
      expect(clientFileOf(url)).toBeUndefined()
    },
  )
})
