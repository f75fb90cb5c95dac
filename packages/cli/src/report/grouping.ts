import type { AskedCall } from '../viewer/client.ts'

/** Calls by what `keyOf` says of them; those of which it says nothing are left out. */
export function groupedBy(
  calls: readonly AskedCall[],
  keyOf: (call: AskedCall) => string | undefined,
): ReadonlyMap<string, readonly AskedCall[]> {
  const groups = new Map<string, AskedCall[]>()
  for (const call of calls) {
    const key = keyOf(call)
    if (key === undefined) continue
    const group = groups.get(key)
    if (group) group.push(call)
    else groups.set(key, [call])
  }
  return groups
}

/** What a call is for: the feature it is made for, or else its prompt; and the endpoint. */
export function taskOf({ feature, prompt, operation }: AskedCall): string {
  return [feature ?? prompt ?? 'unnamed', operation].join(' · ')
}

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
