import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Asked, type CallRow, cacheFile, DEFAULT_PORT, startViewer } from '@tokenmeter/viewer'
import { UsageError } from '../command.ts'

/** Where the calls are: a viewer that runs, or a file that one has written. */
export interface Place {
  readonly url?: string | undefined
  readonly file?: string | undefined
}

/** A call with what it was asked. */
export type AskedCall = CallRow & { readonly asked: Asked }

/** A viewer, asked over its read API. */
export interface ViewerClient extends AsyncDisposable {
  readonly url: string
  /**
   * Asks something of the API.
   *
   * @throws Error with what the viewer says is wrong.
   */
  ask<Answer>(path: string): Promise<Answer>
}

/**
 * The viewer at `url`; else the one on the usual port, if there is one; else one for the file of this project, for as long as it is asked.
 *
 * @throws UsageError when there is neither.
 */
export async function openViewer({ url, file }: Place): Promise<ViewerClient> {
  if (url !== undefined) return await reach(url)
  if (file === undefined) {
    const running = await reach(`http://127.0.0.1:${DEFAULT_PORT}`).catch(() => undefined)
    if (running) return running
  }
  const path = file === undefined ? cacheFile(process.cwd(), process.env) : resolve(file)
  if (!existsSync(path)) {
    throw new UsageError(`there is no viewer on port ${DEFAULT_PORT} and no file ${path}; see tokenmeter dev --help`)
  }
  const viewer = await startViewer({ port: 0, file: path })
  return clientOf(viewer.url, () => viewer.close())
}

/** @throws UsageError when no viewer answers there. */
async function reach(url: string): Promise<ViewerClient> {
  const client = clientOf(url.replace(/\/$/, ''), () => Promise.resolve())
  try {
    await client.ask('/api/status')
    return client
  } catch (error) {
    throw new UsageError(`no viewer answers at ${url}; start one by tokenmeter dev`, { cause: error })
  }
}

function clientOf(url: string, close: () => Promise<void>): ViewerClient {
  return {
    url,
    async ask<Answer>(path: string): Promise<Answer> {
      const response = await fetch(`${url}${path}`)
      const answer = (await response.json()) as Answer & { readonly error?: string }
      if (!response.ok) throw new Error(answer.error ?? `${path} was answered with ${response.status}`)
      return answer
    },
    [Symbol.asyncDispose]: close,
  }
}

/** A query of a path: what is absent is left out. */
export function queryOf(parameters: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, String(value))
  return `?${query.toString()}`
}
