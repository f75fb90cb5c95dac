import { type Command, type Terminal, UsageError } from './command.ts'

interface Entry {
  readonly summary: string
  /** A command is loaded when it is asked for, with all that it needs. */
  readonly load: () => Promise<Command>
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  dev: {
    summary: 'show the calls of a program while it runs, on a page',
    load: async () => (await import('./commands/dev.ts')).dev,
  },
  tail: {
    summary: 'follow the calls of a running viewer, line by line',
    load: async () => (await import('./commands/tail.ts')).tail,
  },
  report: {
    summary: 'say who spends most, what is wasted, and what would save how much',
    load: async () => (await import('./commands/report.ts')).report,
  },
  mcp: {
    summary: 'let a coding agent ask what its application has spent (Model Context Protocol)',
    load: async () => (await import('./commands/mcp.ts')).mcp,
  },
  doctor: {
    summary: 'find what is wrong between an application and its numbers',
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  summarize: {
    summary: 'add up the calls in a log: calls, tokens, exact cost',
    load: async () => (await import('./commands/summarize.ts')).summarize,
  },
}

const WRONG_USAGE = 2

/**
 * Runs one command line.
 *
 * @param args without node and the program: `['summarize', 'calls.log']`
 * @returns the exit code
 */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args
  try {
    if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
      terminal.stdout.write(overview())
      return 0
    }
    const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
    if (!entry) throw new UsageError(`there is no command ${JSON.stringify(name)}; there is ${names()}`)
    const command = await entry.load()
    if (!asksForHelp(rest)) return await command.run(rest, terminal)
    terminal.stdout.write(command.help)
    return 0
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const command = name !== undefined && Object.hasOwn(COMMANDS, name) ? ` ${name}` : ''
    terminal.stderr.write(`tokenmeter: ${error.message}\nSee tokenmeter${command} --help\n`)
    return WRONG_USAGE
  }
}

/** What stands after `--` is another program's. */
function asksForHelp(args: readonly string[]): boolean {
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args
  return own.includes('--help') || own.includes('-h')
}

const names = (): string => Object.keys(COMMANDS).join(', ')

function overview(): string {
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(12)} ${summary}`)
  return `Usage: tokenmeter <command> [options]\n\n${lines.join('\n')}\n\ntokenmeter <command> --help says more.\n`
}
