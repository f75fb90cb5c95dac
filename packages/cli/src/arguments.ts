import { parseArgs, type ParseArgsConfig } from 'node:util'
import { UsageError } from './command.ts'

/**
 * Reads the options of a command.
 *
 * @throws UsageError when one of them is unknown or has no value.
 */
export function readArguments<Config extends ParseArgsConfig>(config: Config): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config)
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error })
  }
}

/**
 * The number of a port.
 *
 * @throws UsageError when it is none.
 */
export function portOf(text: string): number {
  const port = Number(text)
  if (text.trim() !== '' && Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new UsageError(`--port must be a whole number from 0 to 65535, got ${JSON.stringify(text)}`)
}
