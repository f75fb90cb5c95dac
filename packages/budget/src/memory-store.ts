import type { BudgetStore } from './store.ts'

/** Keeps accounts in this process: each process has limits of its own, and a restart begins with nothing spent. */
export function memoryStore(): BudgetStore {
  const texts = new Map<string, string>()
  return {
    coverage: 'process',
    gatherMs: 0,
    update: async (key, change) => {
      const { text, result } = change(texts.get(key))
      texts.set(key, text)
      return result
    },
  }
}
