import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { SemconvProfileName } from '@tokenmeter/meter'
import type { Emitted } from '../../../meter/semconv/emitted.ts'
import { type ServerSession, type SocketServer, socketServer } from '../support/socket-server.ts'
import { wireServer } from '../support/wire-server.ts'
import type { WireRequest, WireServer } from '../support/wire-server.ts'
import type { Watched, WatchedCall } from '../support/preload.ts'
import type { Major, Scenario } from './scenario.ts'

/** The name under which each major of openai is installed here. */
const PACKAGES: Readonly<Record<Major, string>> = { 4: 'openai-v4', 5: 'openai-v5', 6: 'openai-v6', 7: 'openai' }

/** One run of a program. */
export interface Run {
  readonly major: Major
  /** A file of `programs/`. */
  readonly program: string
  /**
   * `bare`: without us. `import` and `require`: with us, loaded by `--import` or by `--require`.
   * `unasked`: with us, content captured, no stream asked for its usage, and with a gate that admits every call a moment later.
   * `broken`: with us, and with every hook and processor that an application may give us throwing.
   * `signals`: with us and every signal on, to see what is emitted.
   * `harmful`: with `programs/harmful.mjs` instead of us, which does the `harm`.
   */
  readonly mode: 'bare' | 'import' | 'require' | 'unasked' | 'broken' | 'signals' | 'harmful'
  readonly scenarios: readonly Scenario[]
  /** What `programs/harmful.mjs` does. */
  readonly harm?: string
  /** The conventions that `signals` follows. */
  readonly profile?: SemconvProfileName
}

/** All that can be seen of a run from outside. */
export interface Outcome {
  readonly exit: { readonly code: number | null; readonly signal: string | null }
  readonly stdout: string
  readonly stderr: string
  /** What each scenario's server was asked. */
  readonly requests: Readonly<Record<string, readonly object[]>>
  /** What was recorded of each scenario, sorted; see `Scenario.calls`. */
  readonly calls: Readonly<Record<string, readonly string[]>>
  readonly endedSpans: number
  readonly endedToolSpans: number
  /** Of `signals`: all of it. */
  readonly emitted?: Emitted | undefined
}

/** Scenarios that a major has the means for. */
export function scenariosOf(all: readonly Scenario[], major: Major): readonly Scenario[] {
  return all.filter(({ since = 4 }) => since <= major)
}

/**
 * Runs a program in a process of its own, with a new server for each scenario.
 *
 * @throws when the program does not end by itself within 50 seconds.
 */
export async function runProgram({
  major,
  program,
  mode,
  scenarios,
  harm = '',
  profile = 'v0.1.0',
}: Run): Promise<Outcome> {
  await using wires = await serve(scenarios)
  await using folder = await temporaryFolder()
  const callsFile = join(folder.path, 'calls.json')
  const child = spawn(
    process.execPath,
    [...watching(mode), fileURLToPath(new URL(`programs/${program}`, import.meta.url))],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 50_000,
      env: {
        PATH: process.env['PATH'],
        OPENAI_PACKAGE: PACKAGES[major],
        HARMLESS_MAJOR: String(major),
        HARMLESS_PORTS: JSON.stringify(wires.ports),
        HARMLESS_CALLS: callsFile,
        HARMLESS_HOOKS: mode,
        HARMLESS_HARM: harm,
        HARMLESS_PROFILE: profile,
      },
    },
  )
  const [[code, signal], stdout, stderr] = await Promise.all([
    once(child, 'exit'),
    text(child.stdout),
    text(child.stderr),
  ])
  if (signal)
    throw new Error(`${program} did not end by itself; it last printed: ${stdout.trimEnd().split('\n').at(-1)}`)
  const watched: Watched =
    mode === 'bare' || mode === 'harmful'
      ? { calls: [], endedSpans: 0, endedToolSpans: 0 }
      : JSON.parse(await readFile(callsFile, 'utf8'))
  return {
    exit: { code, signal },
    stdout,
    stderr: stderr.replaceAll(`(node:${child.pid})`, '(node)'),
    requests: await wires.requests(),
    calls: groupCalls(watched.calls, wires.ports),
    endedSpans: watched.endedSpans,
    endedToolSpans: watched.endedToolSpans,
    emitted: watched.emitted,
  }
}

function watching(mode: Run['mode']): string[] {
  const file = mode === 'signals' ? 'preload-signals.ts' : 'preload.ts'
  const preload = fileURLToPath(new URL(`../support/${file}`, import.meta.url))
  if (mode === 'harmful') return ['--import', fileURLToPath(new URL('programs/harmful.mjs', import.meta.url))]
  return mode === 'bare' ? [] : ['--conditions=source', mode === 'require' ? '--require' : '--import', preload]
}

async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'harmless-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

interface Wires extends AsyncDisposable {
  readonly ports: Readonly<Record<string, number>>
  requests(): Promise<Record<string, object[]>>
}

/** Nobody listens on the port of `compressnet`, and unlike port 1 `fetch` does not forbid it. */
const CLOSED_PORT = 2

async function serve(scenarios: readonly Scenario[]): Promise<Wires> {
  const servers = new Map<string, WireServer>()
  const socketServers = new Map<string, SocketServer>()
  for (const { name, script, socket } of scenarios) {
    if (socket) socketServers.set(name, await socketServer(socket))
    else if (script !== 'nobody listens') servers.set(name, await wireServer(script))
  }
  const portOf = (name: string): number => (servers.get(name) ?? socketServers.get(name))?.port ?? CLOSED_PORT
  return {
    ports: Object.fromEntries(scenarios.map(({ name }) => [name, portOf(name)])),
    requests: async () => {
      const shown: Record<string, object[]> = {}
      for (const [name, { requests }] of servers) shown[name] = await Promise.all(requests.map(showRequest))
      for (const [name, { sessions }] of socketServers) shown[name] = await Promise.all(sessions.map(showSession))
      return shown
    },
    [Symbol.asyncDispose]: async () => {
      const all = [...servers.values(), ...socketServers.values()]
      await Promise.all(all.map((server) => server[Symbol.asyncDispose]()))
    },
  }
}

/** Its value is random. */
const SOCKET_KEY = 'sec-websocket-key'

async function showSession({ path, headers, received, closed }: ServerSession): Promise<object> {
  const { host: _host, [SOCKET_KEY]: _key, ...rest } = headers
  return { path, headers: rest, raw: [], body: JSON.stringify(received), closed: await closed }
}

async function showRequest({ method, path, headers, rawHeaders, body, closed }: WireRequest): Promise<object> {
  const { host, ...all } = headers
  const boundary = /boundary=(.+)$/.exec(headers['content-type'] ?? '')?.[1]
  const { [SOCKET_KEY]: key, ...rest } = all
  const raw = rawHeaders.map((part) => (part === host ? 'host' : part === key ? SOCKET_KEY : part))
  const shown = { method, path, headers: rest, raw, body, closed: await closed }
  // Forms are separated by a random text, which is as long in every run.
  return boundary === undefined ? shown : JSON.parse(JSON.stringify(shown).replaceAll(boundary, 'boundary'))
}

function groupCalls(calls: readonly WatchedCall[], ports: Wires['ports']): Record<string, string[]> {
  const grouped = Object.fromEntries(Object.keys(ports).map((name): [string, string[]] => [name, []]))
  const names = new Map(Object.entries(ports).map(([name, port]) => [port, name]))
  for (const { port = 0, summary } of calls) (grouped[names.get(port) ?? `port ${port}`] ??= []).push(summary)
  for (const list of Object.values(grouped)) list.sort()
  return grouped
}
