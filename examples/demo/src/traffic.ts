import type { Scene } from './scenes.ts'

/** Customers who are at the desk at the same time. */
const CUSTOMERS = 4

/** What came of one visit. */
export interface Visit {
  readonly scene: Scene
  /** HTTP status the desk answered with, or why there was no answer. */
  readonly result: number | string
}

/** How the scenes are played. */
export interface Direction {
  readonly deskUrl: string
  /** Sends everybody home. */
  readonly interrupted: AbortSignal
  /** Called after each visit. */
  readonly onVisit: () => void
}

/** Plays all scenes, a few at a time, in order. */
export async function playScenes(scenes: readonly Scene[], direction: Direction): Promise<readonly Visit[]> {
  const visits: Visit[] = []
  const waiting = scenes.values()
  await Promise.all(
    Array.from({ length: CUSTOMERS }, async () => {
      for (const scene of waiting) {
        if (direction.interrupted.aborted) return
        visits.push({ scene, result: await visit(scene, direction).catch(String) })
        direction.onVisit()
      }
    }),
  )
  return visits
}

/** Visits that did not go as the scene has it: the desk must answer, whatever the provider does. */
export function surprises(visits: readonly Visit[]): string[] {
  return visits
    .filter(({ scene, result }) => result !== expectedStatus(scene))
    .map(({ scene, result }) => `${scene.path} "${scene.text}": ${result} instead of ${expectedStatus(scene)}`)
}

function expectedStatus(scene: Scene): number {
  const last = scene.answers.at(-1)?.kind
  if (last === 'busy') return 503
  return last === 'too_long' ? 413 : 200
}

async function visit(scene: Scene, { deskUrl, interrupted }: Direction): Promise<number> {
  const page = new AbortController()
  const response = await fetch(deskUrl + scene.path, {
    method: 'POST',
    body: JSON.stringify({ text: scene.text }),
    signal: AbortSignal.any([page.signal, interrupted]),
  })
  if (scene.closesAfter === undefined) await response.text()
  else await closeAfter(scene.closesAfter, response, page)
  return response.status
}

/** Reads so many pieces of a stream, then closes the page. */
async function closeAfter(pieces: number, response: Response, page: AbortController): Promise<void> {
  const reader = response.body?.getReader()
  for (let read = 0; read < pieces; read++) {
    const piece = await reader?.read()
    if (piece?.done !== false) return
  }
  page.abort()
}
