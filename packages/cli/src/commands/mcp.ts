import { once } from 'node:events'
import { createRequire } from 'node:module'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { readArguments } from '../arguments.ts'
import type { Command } from '../command.ts'
import { createMcpServer } from '../mcp/server.ts'
import { openViewer } from '../viewer/client.ts'

const help = `Usage: tokenmeter mcp [--url <url>] [--file <path>]

Serves the Model Context Protocol on standard input and output, so that a coding agent can ask what its application has spent: totals,
breakdowns, single calls, traces, a report. It only reads, and asks nobody but the viewer on this machine.

  --url <url>    the viewer; by default the one on port 4320, or else the file of this project
  --file <path>  the file of a viewer

For most agents: { "mcpServers": { "tokenmeter": { "command": "npx", "args": ["tokenmeter", "mcp"] } } }
`

/** `tokenmeter mcp`: the read API for agents. */
export const mcp: Command = {
  help,
  async run(args) {
    const { values } = readArguments({
      args: [...args],
      options: { url: { type: 'string' }, file: { type: 'string' } },
    })
    const manifest = createRequire(import.meta.url)('tokenmeter/package.json') as { readonly version: string }
    const server = createMcpServer(manifest.version, () => openViewer(values))
    const ended = once(process.stdin, 'end')
    await server.connect(new StdioServerTransport())
    await ended
    return 0
  },
}
