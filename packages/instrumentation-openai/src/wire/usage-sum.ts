import type { Usage } from '@tokenmeter/meter'

type Counts = { readonly [field: string]: number | Counts | undefined }

/** What two requests consumed together. What one of them did not report is not in the sum. */
export function addUsage(a: Usage, b: Usage): Usage {
  return addCounts(a as unknown as Counts, b as unknown as Counts) as unknown as Usage
}

function addCounts(a: Counts, b: Counts): Counts {
  const sum: { [field: string]: number | Counts | undefined } = { ...a }
  for (const [field, count] of Object.entries(b)) {
    const other = a[field]
    if (typeof count === 'object') sum[field] = addCounts((other ?? {}) as Counts, count)
    else sum[field] = ((other ?? 0) as number) + (count ?? 0)
  }
  return sum
}
