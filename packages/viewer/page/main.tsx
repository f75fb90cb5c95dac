import type { JSX } from 'preact'
import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Status } from '../src/query/status.ts'
import 'uplot/dist/uPlot.min.css'
import './style.css'
import { send, useAnswer, useNews } from './api.ts'
import { bytes, count, dateTime } from './format.ts'
import { Import } from './parts/import.tsx'
import { Keys } from './parts/keys.tsx'
import { followLink, type Place, usePlace } from './router.ts'
import { CallView } from './views/call.tsx'
import { CallsView } from './views/calls.tsx'
import { ChartsView } from './views/charts.tsx'
import { CompareView } from './views/compare.tsx'
import { MetricsView } from './views/metrics.tsx'
import { SessionsView } from './views/sessions.tsx'
import { TracesView, TraceView } from './views/traces.tsx'

const VIEWS: readonly (readonly [string, string])[] = [
  ['/', 'Calls'],
  ['/traces', 'Traces'],
  ['/charts', 'Charts'],
  ['/sessions', 'Sessions'],
  ['/metrics', 'Metrics'],
  ['/compare', 'Compare'],
]

function App(): JSX.Element {
  const place = usePlace()
  const [isPaused, setPaused] = useState(false)
  useEffect(() => {
    addEventListener('click', followLink)
    return () => removeEventListener('click', followLink)
  }, [])
  const section = `/${place.path.split('/')[1] ?? ''}`
  const current = section === '/calls' ? '/' : section
  return (
    <>
      <a class="unseen skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <strong class="brand">Tokenmeter</strong>
        <nav aria-label="Views">
          {VIEWS.map(([path, label]) => (
            <a key={path} href={path} {...(path === current && { 'aria-current': 'page' as const })}>
              {label}
            </a>
          ))}
        </nav>
        <Kept isPaused={isPaused} />
        <Controls isPaused={isPaused} setPaused={setPaused} />
      </header>
      <main id="main" tabIndex={0}>
        <View place={place} section={section} isPaused={isPaused} />
      </main>
      <Keys />
    </>
  )
}

function View({ place, section, isPaused }: { place: Place; section: string; isPaused: boolean }): JSX.Element {
  const id = place.path.split('/')[2]
  switch (section) {
    case '/calls':
      return id ? <CallView id={id} /> : <CallsView place={place} isPaused={isPaused} />
    case '/traces':
      return id ? <TraceView id={id} place={place} /> : <TracesView place={place} isPaused={isPaused} />
    case '/charts':
      return <ChartsView place={place} isPaused={isPaused} />
    case '/sessions':
      return <SessionsView place={place} isPaused={isPaused} />
    case '/metrics':
      return <MetricsView place={place} isPaused={isPaused} />
    case '/compare':
      return <CompareView place={place} />
    default:
      return <CallsView place={place} isPaused={isPaused} />
  }
}

/** How much is kept of what has come: a bound that is not told looks like a fault. */
function Kept({ isPaused }: { isPaused: boolean }): JSX.Element | null {
  const { value, reload } = useAnswer<Status>('/api/status')
  useNews(['traces'], isPaused, reload)
  if (!value) return null
  const { calls, bytes: size, bounds, oldest } = value
  const isWhole = calls.kept === calls.received
  return (
    <span
      class="kept quiet"
      title={`At most ${bytes(bounds.bytes)} and ${Math.round(bounds.ageMs / 86_400_000)} days are kept`}
    >
      {isWhole ? `${count(calls.kept)} calls` : `kept ${count(calls.kept)} of ${count(calls.received)} calls`}
      {oldest !== null && !isWhole && `, oldest ${dateTime(oldest)}`} · {bytes(size)} of {bytes(bounds.bytes)}
    </span>
  )
}

function clear(): void {
  if (confirm('Remove everything that is kept?')) void send('/api/clear')
}

function Controls({ isPaused, setPaused }: { isPaused: boolean; setPaused: (isPaused: boolean) => void }): JSX.Element {
  const [theme, setTheme] = useState(() => localStorage.getItem('theme') ?? '')
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme
    localStorage.setItem('theme', theme)
  }, [theme])
  const isDark = theme === '' ? matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark'
  return (
    <div class="controls">
      <button type="button" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
        {isPaused ? 'Paused' : 'Live'}
      </button>
      <Import />
      <button type="button" onClick={clear}>
        Clear
      </button>
      <button type="button" onClick={() => setTheme(isDark ? 'light' : 'dark')}>
        {isDark ? 'Light' : 'Dark'}
      </button>
    </div>
  )
}

const root = document.querySelector('#app')
if (root) render(<App />, root)
