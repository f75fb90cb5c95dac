import { expect, test } from 'vitest'
import { type Outcome, ourLines, programPath, run } from './support/run.ts'

/** What a request says of for whom it is, and what one that is made in it carries. */
const relay = (env: Record<string, string>): Promise<Outcome> =>
  run(['--conditions=source', programPath('baggage.mjs')], {
    TOKENMETER_OTLP: 'off',
    TOKENMETER_METRICS_ENDPOINT: 'off',
    ...env,
  })

test('baggage tells nothing, and is told nothing, without the setting', async () => {
  expect(await relay({})).toMatchObject({
    stdout: '{"feature":"desk","user":"u-1"} color=blue,ai.tenant=acme\n',
    stderr: '',
  })
})

test('baggage is read and written as far as the setting names it', async () => {
  const outcome = await relay({ TOKENMETER_BAGGAGE_IN: 'tenant', TOKENMETER_BAGGAGE_OUT: 'feature,tenant' })
  expect(outcome).toMatchObject({
    stdout: '{"tenant":"acme","feature":"desk","user":"u-1"} color=blue,ai.tenant=acme,ai.feature=desk\n',
    stderr: '',
  })
})

test('baggage with a field that there is not stays as it is, and one line says so', async () => {
  const outcome = await relay({ TOKENMETER_BAGGAGE_OUT: 'mail' })
  expect(outcome.stdout).toContain('color=blue,ai.tenant=acme\n')
  expect(ourLines(outcome)).toEqual([
    'tokenmeter: baggage: TOKENMETER_BAGGAGE_OUT: baggage.out must be a list of feature, tenant, user, session, prompt, ' +
      'such as ["feature", "tenant"], got "mail"; going on with nothing',
  ])
})
