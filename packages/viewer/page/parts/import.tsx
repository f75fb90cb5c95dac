import type { JSX } from 'preact'
import { useRef, useState } from 'preact/hooks'

const PATHS: readonly (readonly [field: string, path: string])[] = [
  ['resourceSpans', '/v1/traces'],
  ['resourceMetrics', '/v1/metrics'],
  ['resourceLogs', '/v1/logs'],
]

/** Takes files of OTLP/JSON: one request, or one a line, as the Collector's file exporter writes them. */
export function Import(): JSX.Element {
  const input = useRef<HTMLInputElement>(null)
  const [problem, setProblem] = useState('')
  const take = async (files: FileList | null): Promise<void> => {
    setProblem('')
    for (const file of files ?? []) {
      try {
        await takeFile(file)
      } catch (error) {
        setProblem(`${file.name}: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
    if (input.current) input.current.value = ''
  }
  return (
    <>
      <button type="button" onClick={() => input.current?.click()} title="OTLP as JSON, or a line for each request">
        Import
      </button>
      <input
        ref={input}
        class="unseen"
        type="file"
        accept=".json,.jsonl,.ndjson"
        multiple
        tabIndex={-1}
        aria-label="Files to import"
        onChange={({ currentTarget }) => void take(currentTarget.files)}
      />
      {problem !== '' && (
        <span class="problem" role="alert">
          {problem}
        </span>
      )}
    </>
  )
}

async function takeFile(file: File): Promise<void> {
  const text = await file.text()
  for (const request of requestsOf(text)) {
    const found = PATHS.find(([field]) => request.includes(`"${field}"`))
    if (!found) throw new Error('this is no OTLP/JSON: there are no resourceSpans, resourceMetrics or resourceLogs')
    const response = await fetch(found[1], {
      method: 'POST',
      body: request,
      headers: { 'content-type': 'application/json' },
    })
    if (!response.ok)
      throw new Error(((await response.json()) as { message?: string }).message ?? `status ${response.status}`)
  }
}

/** The whole file, where it is one request; else its lines. */
function requestsOf(text: string): readonly string[] {
  try {
    JSON.parse(text)
    return [text]
  } catch {
    return text.split('\n').filter((line) => line.trim() !== '')
  }
}
