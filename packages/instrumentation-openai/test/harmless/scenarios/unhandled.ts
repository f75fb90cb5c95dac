import { chatCompletion, wireError } from '../../support/wire-answers.ts'
import { CHAT } from '../scenario.ts'
import type { Scenario } from '../scenario.ts'

/** Calls that nobody awaits or catches. */
export const unhandled: readonly Scenario[] = [
  {
    name: 'a good call that nobody awaits',
    script: chatCompletion(),
    calls: ['chat_completion abandoned 200 -'],
    run: async ({ client, wire, print }) => {
      void client.chat.completions.create(CHAT)
      print('the server was asked', await wire('arrived/1'))
      print('and answered', await wire('closed/1'))
    },
  },
  {
    name: 'a failing call that nobody awaits is an unhandled rejection',
    script: wireError(400, { message: 'nobody awaits this' }),
    calls: ['chat_completion error 400 -'],
    run: async ({ client, wire, print }) => {
      void client.chat.completions.create(CHAT)
      print('the server answered', await wire('closed/1'))
    },
  },
  {
    name: 'a failing call whose then has no catch is an unhandled rejection',
    script: wireError(400, { message: 'then without catch' }),
    calls: ['chat_completion error 400 -'],
    run: async ({ client, wire, print }) => {
      void client.chat.completions.create(CHAT).then((answer) => answer.id)
      print('the server answered', await wire('closed/1'))
    },
  },
  {
    name: 'a failing call whose response nobody awaits is an unhandled rejection',
    script: wireError(400, { message: 'asResponse without catch' }),
    calls: ['chat_completion error 400 -'],
    run: async ({ client, wire, print }) => {
      void client.chat.completions.create(CHAT).asResponse()
      print('the server answered', await wire('closed/1'))
    },
  },
  {
    name: 'a failing call that is caught leaves no unhandled rejection',
    script: wireError(400, { message: 'caught' }),
    calls: ['chat_completion error 400 -'],
    run: async ({ client, print }) => {
      print('caught', await client.chat.completions.create(CHAT).catch((error: unknown) => error))
    },
  },
  {
    name: 'a failing call without retries whose network is gone and nobody awaits',
    script: { silent: true, after: 'reset' },
    calls: ['chat_completion error - -'],
    run: async ({ connect, wire, print }) => {
      void connect({ maxRetries: 0 }).chat.completions.create(CHAT)
      print('the server was asked', await wire('closed/1'))
    },
  },
]
