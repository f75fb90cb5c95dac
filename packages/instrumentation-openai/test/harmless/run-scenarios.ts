import type * as openai from 'openai'
import type { ClientOptions } from 'openai'
import { traceHost } from './host-traces.ts'
import type { App, Major, Scenario } from './scenario.ts'
import { SCENARIOS } from './scenarios/index.ts'
import { show } from './show.ts'

/** Loads a module of the client's package; `.` is the package itself. */
export type Load = (subpath: string) => unknown

/**
 * Runs the scenarios named in `HARMLESS_PORTS`, one after another, and prints all that the application can observe, one JSON line each.
 * Unhandled rejections are printed at exit, as nobody can tell when they come.
 */
export async function runScenarios(load: Load): Promise<void> {
  const ports = JSON.parse(process.env['HARMLESS_PORTS'] ?? '{}') as Record<string, number>
  const major = Number(process.env['HARMLESS_MAJOR']) as Major
  const traces = traceHost()
  // Frames of ours may stand between those of the application, and are not to push any out of sight.
  Error.stackTraceLimit = 50
  const rejections: string[] = []
  process.on('unhandledRejection', (reason) => rejections.push(withoutPorts(JSON.stringify(show(reason)))))
  process.on('exit', (code) => {
    process.stdout.write(`${rejections.toSorted().join('\n')}\nunhandled ${rejections.length}, exit ${code}\n`)
    process.stdout.write(`${JSON.stringify(traces.atExit())}\n`)
  })
  for (const scenario of SCENARIOS) {
    const port = ports[scenario.name]
    if (port !== undefined) await runScenario(scenario, await appOf(scenario, load, port, major))
  }
}

async function runScenario(scenario: Scenario, app: App): Promise<void> {
  try {
    await scenario.run(app)
  } catch (error) {
    app.print('threw', error)
  }
}

async function appOf(scenario: Scenario, load: Load, port: number, major: Major): Promise<App> {
  const module = (await load('.')) as typeof openai
  const { Stream } = (await load('streaming')) as Pick<App, 'Stream'>
  const { APIPromise } = (major === 4 ? await load('core') : module) as Pick<App, 'APIPromise'>
  const url = `http://127.0.0.1:${port}/v1`
  const connect = (options: ClientOptions = {}): App['client'] =>
    new module.OpenAI({ apiKey: 'sk-test', baseURL: url, ...options })
  const client = connect()
  const print = (label: string, value: unknown): void => {
    const line = JSON.stringify({ scenario: scenario.name, label, value: show(value) })
    process.stdout.write(`${withoutPorts(line)}\n`)
  }
  const attempt: App['attempt'] = async (label, action) => {
    try {
      print(label, await action())
    } catch (error) {
      print(`${label} threw`, error)
    }
  }
  return {
    major,
    openai: module,
    OpenAI: module.OpenAI,
    Stream,
    APIPromise,
    client,
    chat: major === 4 ? (client.beta as unknown as App['client']).chat.completions : client.chat.completions,
    url,
    connect,
    load: async (subpath) => (await load(subpath)) as Record<string, unknown>,
    wire: async (verb) => (await fetch(`http://127.0.0.1:${port}/-/${verb}`)).text(),
    print,
    attempt,
    readAll: (stream) =>
      attempt('end', async () => {
        for await (const chunk of stream) print('chunk', chunk)
        return 'reached'
      }),
  }
}

/** The ports of the servers are the only thing that two runs may not have in common. */
function withoutPorts(line: string): string {
  return line.replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1')
}
