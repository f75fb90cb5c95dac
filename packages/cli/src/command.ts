import type { Readable, Writable } from 'node:stream'

/** Where a command reads and writes, so that a test can be in the place of a terminal. */
export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: Writable
  readonly stderr: Writable
}

/**
 * One command, one file in `commands/`.
 *
 * @returns the exit code: 0 for done, 1 for what could not be read or done in full, 2 (by `UsageError`) for a command line that is wrong
 */
export interface Command {
  /** What `tokenmeter <command> --help` says. */
  readonly help: string
  run(args: readonly string[], terminal: Terminal): Promise<number>
}

/** The command line is wrong; the message says what is, and what may be. */
export class UsageError extends Error {}
