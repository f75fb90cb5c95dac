import { parseArgs } from 'node:util'

/** What the person who started the demo asked for. */
export interface Options {
  readonly help: boolean
  /** Leave the service and `/metrics` up at the end. */
  readonly keep: boolean
  /** Call the real service instead of the mock. */
  readonly real: boolean
}

/** Wrong arguments; the message says which and what is accepted. */
export class UsageError extends Error {}

export const USAGE = `Usage: pnpm demo [--keep] [--real]

Runs a small support desk that uses the openai client, measures it with Tokenmeter, and checks every number.
Without options nothing leaves this machine: a mock of the OpenAI API answers, and no key is needed.

  --keep   leave the viewer's page, the support desk and its /metrics up at the end, until Ctrl-C
  --real   call the real service with OPENAI_API_KEY (about 25 short calls, about one US cent)
  --help   this text

Exit code 0: every recorded total equals what was served. 1: it does not, or something failed. 2: wrong options.`

/** @throws {UsageError} on an unknown option, or on `--real` without a key. */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv): Options {
  // `pnpm demo -- --keep` passes the separator on.
  const given = args[0] === '--' ? args.slice(1) : args
  const options = parse(given)
  if (options.real && !env['OPENAI_API_KEY']) {
    throw new UsageError(
      '--real calls the real service and needs a key: set OPENAI_API_KEY, or leave --real out to use the mock',
    )
  }
  return options
}

function parse(args: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        keep: { type: 'boolean', default: false },
        real: { type: 'boolean', default: false },
      },
    })
    return values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
