import { createRequire } from 'node:module'
import { connect } from 'node:net'
import type { Alert } from '../alert.ts'
import { letGo } from './let-go.ts'
import { DeliveryFailure, type Notifier } from './notifier.ts'
import { readSecret, type SecretSource } from './secret.ts'

/** How alerts are mailed. */
export interface EmailOptions {
  /** The SMTP server. */
  readonly host: string
  /** Default 587, or 465 with `secure`. */
  readonly port?: number
  /** TLS from the first byte. Default false: then TLS begins with STARTTLS, and a password is never sent without it. */
  readonly secure?: boolean
  readonly user?: string
  readonly password?: string | SecretSource
  readonly from: string
  /** One address or more, separated by commas. */
  readonly to: string
  /** Takes mail to a server that speaks no TLS: without a user only, for servers of this machine. Default false. */
  readonly insecure?: boolean
  /** Needed where there is more than one. Default `email`. */
  readonly name?: string
}

const require = createRequire(import.meta.url)

/**
 * Mails alerts by SMTP. Needs the package `nodemailer` (7 to 10), which you install.
 *
 * @throws Error when it is not installed, or the password cannot be read.
 */
export function email({ name = 'email', from, to, ...server }: EmailOptions): Notifier {
  const { host, secure = false, port = secure ? 465 : 587, user, insecure = false } = server
  const password = server.password === undefined ? undefined : readSecret('password', server.password)
  if (insecure && user !== undefined)
    throw new Error('insecure must not be set where there is a user: the password would be readable')
  const transport = loadNodemailer().createTransport({
    host,
    port,
    secure,
    requireTLS: !secure && !insecure,
    ignoreTLS: insecure,
    ...(user !== undefined && { auth: { user, pass: password ?? '' } }),
    getSocket: (_options, use) => {
      const connection = connect(port, host)
      letGo(connection)
      connection.once('error', (error) => use(error, undefined))
      connection.once('connect', () => use(null, { connection }))
    },
  })
  return {
    name,
    notify: async (alert, signal) => {
      signal.addEventListener('abort', () => transport.close(), { once: true })
      const mail = { from, to, subject: subjectOf(alert), text: alert.text, messageId: `<${alert.id}@tokenmeter>` }
      await transport.sendMail(mail).catch((error: NodeJS.ErrnoException) => {
        // Its message may quote the dialogue, and so the user.
        throw new DeliveryFailure(error.code ?? 'the mail was not taken')
      })
    },
  }
}

function subjectOf({ budget, account, percent }: Alert): string {
  const name = account === undefined ? budget : `${budget} of ${account}`
  return percent === undefined ? `AI cost: ${name}` : `AI budget ${name}: ${percent} %`
}

function loadNodemailer(): typeof import('nodemailer') {
  try {
    return require('nodemailer') as typeof import('nodemailer')
  } catch (error) {
    throw new Error('e-mail needs the package nodemailer: npm install nodemailer', { cause: error })
  }
}
