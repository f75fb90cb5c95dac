import type { Notifier } from './notifier.ts'
import { postJson } from './post-json.ts'
import { readSecret, type SecretSource } from './secret.ts'

/** Where Slack takes messages for a channel. */
export interface SlackOptions {
  /** Address of an incoming webhook. Whoever knows it can write into the channel, so better the variable or the file that has it. */
  readonly url: string | SecretSource
  /** Needed where there is more than one. Default `slack`. */
  readonly name?: string
}

/**
 * Writes alerts into a channel of Slack's, by an incoming webhook (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks).
 * Services that take the same format, such as Mattermost, understand it, too.
 *
 * @throws Error when the address cannot be read.
 */
export function slack({ url, name = 'slack' }: SlackOptions): Notifier {
  const address = readSecret('url', url)
  if (!URL.canParse(address)) throw new Error('url must be the address of an incoming webhook')
  return {
    name,
    notify: ({ text }, signal) => postJson(address, JSON.stringify({ text: escape(text) }), {}, signal),
  }
}

/** The three characters that mean something in Slack's texts: a name of a tenant must not mention everybody. */
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
const escape = (text: string): string => text.replaceAll(/[&<>]/g, (character) => ESCAPES[character] ?? character)
