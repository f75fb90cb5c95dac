import { writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { email, LaterFailure, PermanentFailure, slack, webhook } from '@tokenmeter/budget'
import { generate } from 'selfsigned'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { alertServer } from './support/alert-server.ts'
import { alertOf } from './support/alerts.ts'
import { temporaryFolder } from './support/folder.ts'

const { signal } = new AbortController()
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

test('a webhook gets the alert as JSON, signed so that a library of the specification can verify it', async () => {
  await using server = await alertServer()
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'secret')
  await writeFile(file, `${SECRET}\n`)
  await webhook({ url: server.url, secret: { file } }).notify(alertOf(), signal)
  const { body, headers } = server.deliveries[0] ?? { body: '', headers: {} }
  expect(JSON.parse(body)).toEqual(alertOf())
  expect(headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': 'a1' })
  const given = headers as Record<string, string>
  expect(new Webhook(SECRET).verify(body, given)).toEqual(alertOf())
  expect(() => new Webhook(SECRET).verify(body.replace('40', '41'), given)).toThrow('No matching signature found')
})

test('a secret may be any text', async () => {
  await using server = await alertServer()
  await webhook({ url: server.url, secret: 'a text' }).notify(alertOf(), signal)
  const { body, headers } = server.deliveries[0] ?? { body: '', headers: {} }
  const reader = new Webhook(Buffer.from('a text').toString('base64'))
  expect(reader.verify(body, headers as Record<string, string>)).toEqual(alertOf())
})

test('without a secret a webhook is not signed', async () => {
  await using server = await alertServer()
  await webhook({ url: server.url }).notify(alertOf(), signal)
  expect(server.deliveries[0]?.headers).not.toHaveProperty('webhook-signature')
})

const shown = (failure: Error): object => Object.assign({ message: failure.message }, failure)

test.each([
  [500, undefined, new Error('HTTP 500')],
  [429, { 'retry-after': '7' }, new LaterFailure('HTTP 429', 7000)],
  [503, { 'retry-after': '7200' }, new LaterFailure('HTTP 503', 60_000)],
  [404, undefined, new PermanentFailure('HTTP 404')],
  [302, { location: 'http://127.0.0.1:9/' }, new PermanentFailure('HTTP 302')],
] as const)('an answer of %i with %o is no delivery', async (status, headers, failure) => {
  await using server = await alertServer({ status, ...(headers && { headers }) })
  const delivery = webhook({ url: server.url }).notify(alertOf(), signal)
  await expect(delivery).rejects.toMatchObject(shown(failure))
})

test('a server that is not there is told by the code of the error, and nothing of the address', async () => {
  const delivery = slack({ url: 'http://127.0.0.1:9/services/T000/B000/token' }).notify(alertOf(), signal)
  await expect(delivery).rejects.toThrow(/^ECONNREFUSED$/)
})

test('a server that does not answer is left when the time is up', async () => {
  await using server = await alertServer('silent')
  const limit = new AbortController()
  const delivery = webhook({ url: server.url }).notify(alertOf(), limit.signal)
  await server.arrived(1)
  limit.abort()
  await expect(delivery).rejects.toThrow('ABORT_ERR')
})

test('Slack gets a text in which nobody is mentioned by the name of a tenant', async () => {
  await using server = await alertServer()
  vi.stubEnv('SLACK_URL', server.url)
  await slack({ url: { env: 'SLACK_URL' } }).notify(alertOf({ text: 'Budget <!everyone> & co.' }), signal)
  vi.unstubAllEnvs()
  expect(server.deliveries[0]?.body).toBe('{"text":"Budget &lt;!everyone&gt; &amp; co."}')
})

test.each([
  [{ env: 'NO_SUCH_SECRET' }, 'secret: the variable NO_SUCH_SECRET is empty or missing'],
  [{ file: '/no/such/file' }, 'secret: the file /no/such/file cannot be read (ENOENT)'],
])('a secret that is not there is told by its place', (secret, message) => {
  expect(() => webhook({ url: 'http://127.0.0.1:9', secret })).toThrow(message)
})

interface Mail {
  readonly from: string
  readonly to: readonly string[]
  readonly text: string
}

async function mailServer(options: SMTPServerOptions): Promise<AsyncDisposable & { port: number; mails: Mail[] }> {
  const mails: Mail[] = []
  const server = new SMTPServer({
    disableReverseLookup: true,
    onData: (stream, session, done) => {
      const { mailFrom, rcptTo } = session.envelope
      const mail = { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address), text: '' }
      mails.push(mail)
      stream.setEncoding('utf8')
      stream.on('data', (piece: string) => (mail.text += piece))
      stream.on('end', done)
    },
    ...options,
  })
  // What a client breaks off is no matter of the test's.
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

const PEOPLE = { from: 'meter@example.com', to: 'a@example.com, b@example.com' }

test('a mail has the sentence, the budget in its subject, and the id of the alert as its own', async () => {
  await using server = await mailServer({ authOptional: true, hideSTARTTLS: true })
  const notifier = email({ host: '127.0.0.1', port: server.port, insecure: true, ...PEOPLE })
  await notifier.notify(alertOf({ account: 'acme' }), signal)
  const [mail] = server.mails
  expect(mail).toMatchObject({ from: 'meter@example.com', to: ['a@example.com', 'b@example.com'] })
  expect(mail?.text).toContain('Subject: AI budget team of acme: 80 %')
  expect(mail?.text).toContain('Message-ID: <a1@tokenmeter>')
  expect(mail?.text).toContain('Budget team: 40 of 50 USD spent (80 % reached; month).')
})

describe('with a certificate that the process trusts', async () => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], { algorithm: 'sha256' })
  const trusted = getCACertificates('default')
  beforeAll(() => setDefaultCACertificates([...trusted, cert]))
  afterAll(() => setDefaultCACertificates(trusted))

  test.each([
    ['STARTTLS', false],
    ['TLS from the first byte', true],
  ])('a mail goes by %s, with user and password', async (_how, secure) => {
    const logins: unknown[] = []
    await using server = await mailServer({
      key,
      cert,
      secure,
      onAuth: ({ username, password }, _session, done) => {
        logins.push([username, password])
        done(null, { user: username })
      },
    })
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'password')
    await writeFile(file, 'geheim\n')
    const to = { host: 'localhost', port: server.port, secure }
    await email({ ...to, user: 'me', password: { file }, ...PEOPLE }).notify(alertOf(), signal)
    expect(logins).toEqual([['me', 'geheim']])
    expect(server.mails).toHaveLength(1)
  })
})

test('without TLS that can be trusted neither a password nor a mail is sent', async () => {
  const logins: unknown[] = []
  const onAuth: SMTPServerOptions['onAuth'] = (auth) => void logins.push(auth)
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], { algorithm: 'sha256' })
  await using strange = await mailServer({ key, cert, onAuth })
  await using plain = await mailServer({ disabledCommands: ['STARTTLS'], onAuth })
  for (const [{ port }, code] of [
    [strange, 'ESOCKET'],
    [plain, 'ETLS'],
  ] as const) {
    const notifier = email({ host: 'localhost', port, user: 'me', password: 'geheim', ...PEOPLE })
    await expect(notifier.notify(alertOf(), signal)).rejects.toThrow(new RegExp(`^${code}$`))
  }
  expect([logins, strange.mails, plain.mails]).toEqual([[], [], []])
  const careless = { host: '127.0.0.1', user: 'me', password: 'geheim', insecure: true, ...PEOPLE }
  expect(() => email(careless)).toThrow('insecure must not be set where there is a user')
})

test('a refused mail is told by the code of the error, and nothing of the dialogue', async () => {
  await using server = await mailServer({
    authOptional: true,
    hideSTARTTLS: true,
    onRcptTo: (_address, _session, done) => done(new Error('geheim is no address here')),
  })
  const notifier = email({ host: '127.0.0.1', port: server.port, insecure: true, ...PEOPLE })
  await expect(notifier.notify(alertOf(), signal)).rejects.toThrow(/^EENVELOPE$/)
})

test('a mail server that is not there is told by the code of the error', async () => {
  const notifier = email({ host: '127.0.0.1', port: 9, insecure: true, ...PEOPLE })
  await expect(notifier.notify(alertOf(), signal)).rejects.toThrow(/^(ESOCKET|ECONNECTION|ECONNREFUSED)$/)
})
