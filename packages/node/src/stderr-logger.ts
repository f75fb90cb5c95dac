import { writeSync } from 'node:fs'
import type { DiagLogger } from '@opentelemetry/api'

/** The API says this when an application sets its own diagnostics logger after us, which is no fault. */
const OVERWRITTEN = 'Current logger will'
const PREFIX = 'tokenmeter: '
const MAX_REMEMBERED = 1000

/**
 * A diagnostics logger for people who run a service: every message is one line on stderr, starts with `tokenmeter:`, and a
 * warning that was given once is not given again. Standard output is never touched.
 *
 * @param write puts a line out; by default straight to file descriptor 2, so that it also arrives when the process is
 * about to end, and so that an application that replaces `console` or `process.stderr` does not get our lines by surprise.
 * @param clean takes out of a line what is personal or secret: errors may quote what they are about.
 */
export function stderrLogger(
  write: (line: string) => void = writeToStderr,
  clean: (line: string) => string = (line) => line,
): DiagLogger {
  const said = new Set<string>()
  const put = (...parts: unknown[]): void => write(`${PREFIX}${clean(oneLine(parts))}\n`)
  const putOnce = (...parts: unknown[]): void => {
    const line = oneLine(parts)
    if (line.startsWith(OVERWRITTEN) || said.has(line)) return
    if (said.size < MAX_REMEMBERED) said.add(line)
    put(...parts)
  }
  return { error: putOnce, warn: putOnce, info: put, debug: put, verbose: put }
}

function oneLine(parts: readonly unknown[]): string {
  return parts.map(firstLine).join(' ').replace(PREFIX, '')
}

function firstLine(part: unknown): string {
  const text = part instanceof Error ? part.message : typeof part === 'string' ? messageOf(part) : JSON.stringify(part)
  return String(text).split('\n', 1)[0] ?? ''
}

/** The SDK's error handler turns an exception into JSON, stack and all. */
function messageOf(text: string): string {
  if (!text.startsWith('{"stack":')) return text
  try {
    return (JSON.parse(text) as { readonly message: string }).message
  } catch {
    return text
  }
}

function writeToStderr(line: string): void {
  try {
    writeSync(2, line)
  } catch {
    // Nobody reads stderr: then nobody can be told.
  }
}
