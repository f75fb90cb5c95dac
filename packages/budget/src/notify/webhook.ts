import { createHmac } from 'node:crypto'
import type { Notifier } from './notifier.ts'
import { postJson } from './post-json.ts'
import { readSecret, type SecretSource } from './secret.ts'

/** Where alerts are posted as JSON, and how they are signed. */
export interface WebhookOptions {
  /** `https://…`, or where it is a secret itself, the variable or the file that has it. */
  readonly url: string | SecretSource
  /** Signs every request: `whsec_` and base64, or any text. Without it requests are not signed. */
  readonly secret?: string | SecretSource
  /** Needed where there is more than one webhook. Default `webhook`. */
  readonly name?: string
}

/**
 * Posts alerts to a server of yours.
 *
 * Requests have the headers of the Standard Webhooks specification 1.0 (standardwebhooks.com): `webhook-id`, which is the alert's,
 * `webhook-timestamp`, and with a secret `webhook-signature`. Its libraries verify them.
 *
 * @throws Error when the address or the secret cannot be read.
 */
export function webhook({ url, secret, name = 'webhook' }: WebhookOptions): Notifier {
  const address = readSecret('url', url)
  const key = secret === undefined ? undefined : keyOf(readSecret('secret', secret))
  if (!URL.canParse(address)) throw new Error('url must be an address such as https://example.com/hook')
  return {
    name,
    notify: (alert, signal) => {
      const body = JSON.stringify(alert)
      const timestamp = String(Math.floor(Date.now() / 1000))
      const signature = key && createHmac('sha256', key).update(`${alert.id}.${timestamp}.${body}`).digest('base64')
      const headers = {
        'webhook-id': alert.id,
        'webhook-timestamp': timestamp,
        ...(signature !== undefined && { 'webhook-signature': `v1,${signature}` }),
      }
      return postJson(address, body, headers, signal)
    },
  }
}

const SERIALISED = 'whsec_'

function keyOf(secret: string): Buffer {
  return secret.startsWith(SERIALISED) ? Buffer.from(secret.slice(SERIALISED.length), 'base64') : Buffer.from(secret)
}
