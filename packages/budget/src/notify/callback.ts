import type { Alert } from '../alert.ts'
import type { Notifier } from './notifier.ts'

/**
 * Hands alerts to a function of yours.
 *
 * @param tell may return a promise; when it throws or rejects, it is called again with the same alert.
 * @param name needed where there is more than one callback. Default `callback`.
 */
export function callback(tell: (alert: Alert) => unknown, name: string = 'callback'): Notifier {
  return {
    name,
    notify: async (alert) => {
      await tell(alert)
    },
  }
}
