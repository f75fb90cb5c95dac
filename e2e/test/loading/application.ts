import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inject } from 'vitest'
import { findFreePorts } from '../../../collector/stack/free-ports.ts'
import type { Provider } from './provider.ts'

/**
 * What `ask.js` tells: calls to a model of our own list and to one of the list that comes with it, with both attempts, and a stream without the
 * chunk that has the usage, for which we asked.
 */
export const RECORDED = [
  'chat gpt-4o-mini: 2 attempts, 0.0000045 USD',
  'chat mistral-large-latest: 2 attempts, 0.00005 USD',
  'chat gpt-4o: 2 attempts, 0.000075 USD',
  '2 chunks',
]

/** The line that says what to do where a client is out of reach. */
export const unmeasured = (client: string): string =>
  `tokenmeter: a request of ${client} is not measured, because openai was loaded before Tokenmeter, or is part of a bundle. Load Tokenmeter first, as in \`node --import @tokenmeter/node/register app.js\`, and keep openai out of bundles, or hand a client to \`instrument(client)\` of @tokenmeter/instrumentation-openai.\n`

/** A path in the project. */
export const inProject = (...path: readonly string[]): string => join(inject('project'), ...path)

/** What applications find in their environment. */
export async function environment(provider: Provider): Promise<Record<string, string>> {
  const { metrics } = await findFreePorts(['metrics'])
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: inject('project'),
    PROJECT: inject('project'),
    WIRE: provider.origin,
    OPENAI_API_KEY: 'test',
    OPENAI_BASE_URL: `${provider.origin}/v1`,
    TOKENMETER_OTLP: 'off',
    TOKENMETER_METRICS_PORT: String(metrics),
    NODE_NO_WARNINGS: '1',
    NEXT_TELEMETRY_DISABLED: '1',
    DENO_NO_UPDATE_CHECK: '1',
  }
}

/** How a program ended that ended well. */
export interface Ending {
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a program in the project to its end.
 *
 * @param settings more variables.
 */
export async function runInProject(
  command: string,
  args: readonly string[],
  provider: Provider,
  settings: Readonly<Record<string, string>> = {},
): Promise<Ending> {
  const { stdout, stderr } = await promisify(execFile)(command, args, {
    cwd: inject('project'),
    env: { ...(await environment(provider)), ...settings },
  })
  return { stdout, stderr }
}

/** Runs it with Node. */
export const runNode = (
  args: readonly string[],
  provider: Provider,
  settings?: Readonly<Record<string, string>>,
): Promise<Ending> => runInProject(process.execPath, args, provider, settings)
