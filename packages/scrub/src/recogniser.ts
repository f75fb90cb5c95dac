import type { Finding } from './finding.ts'
import type { Recognise } from './options.ts'

/**
 * What a recogniser names in a text: in order, without overlaps.
 *
 * @throws what the recogniser throws, and when it is late or answers with what are no places of the text.
 */
export async function recognised(text: string, recognise: Recognise, timeoutMs: number): Promise<readonly Finding[]> {
  const found = await inTime(recognise(text), timeoutMs)
  return withoutOverlaps(found.map((finding) => checked(finding, text.length)))
}

class RecogniserTimeout extends Error {}
class RecogniserAnswer extends Error {}

async function inTime<T>(answer: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    if (timeoutMs === Infinity) return
    timer = setTimeout(() => reject(new RecogniserTimeout()), timeoutMs)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}

function checked(finding: Finding, length: number): Finding {
  const { class: name, start, end } = finding
  const fits = Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= length
  if (!fits || typeof name !== 'string' || !/^[\w-]{1,64}$/.test(name)) throw new RecogniserAnswer()
  return { class: name.toLowerCase(), start, end }
}

/** Of places that overlap one is made, of the class of the first: all of it was called personal. */
function withoutOverlaps(findings: readonly Finding[]): readonly Finding[] {
  const apart: Finding[] = []
  for (const finding of findings.toSorted((one, other) => one.start - other.start)) {
    const last = apart.at(-1)
    if (!last || finding.start >= last.end) apart.push(finding)
    else if (finding.end > last.end) apart[apart.length - 1] = { ...last, end: finding.end }
  }
  return apart
}
