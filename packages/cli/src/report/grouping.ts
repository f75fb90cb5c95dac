import type { AskedCall } from '../viewer/client.ts'

/** What a call is for: the feature it is made for, or else its prompt; and the endpoint. */
export function taskOf({ feature, prompt, operation }: AskedCall): string {
  return [feature ?? prompt ?? 'unnamed', operation].join(' · ')
}

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
