import type { GoProgress } from './go.ts'

const INTERVAL_MS = { terminal: 250, log: 15_000 }

/** Shows on stdout what a build is at: on a terminal one line that is rewritten, elsewhere a line every 15 seconds. */
export function reportProgress(
  title: string,
): Disposable & { readonly update: (progress: GoProgress) => void; readonly end: (text: string) => void } {
  const { stdout } = process
  const startTime = performance.now()
  let latest = 'starting'

  const write = (text: string, end: string): void => {
    const line = `${title}  ${text}  ${formatSeconds((performance.now() - startTime) / 1000)}`
    stdout.write(stdout.isTTY ? `\r\u001B[K${line}${end}` : `${line}\n`)
  }
  const timer = setInterval(() => write(latest, ''), stdout.isTTY ? INTERVAL_MS.terminal : INTERVAL_MS.log)
  return {
    update: ({ phase, count }) => {
      latest = phase === 'downloading' ? `downloading, ${count} modules` : `compiling, ${count} packages`
    },
    end: (text) => write(text, '\n'),
    [Symbol.dispose]: () => clearInterval(timer),
  }
}

function formatSeconds(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`
}
