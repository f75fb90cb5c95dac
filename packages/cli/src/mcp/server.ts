import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import { durationOf } from '../report/duration.ts'
import { gatherReport } from '../report/gather.ts'
import { newestCalls } from '../viewer/calls.ts'
import { queryOf, type ViewerClient } from '../viewer/client.ts'

const SINCE = z.string().default('1h').describe('How far back: 90m, 12h, 7d.')
const FILTER = z
  .string()
  .default('')
  .describe(
    'Which calls, as on the page: model:gpt-* error:429 error:* cost>0.01 user:u42 -status:success, other words are searched.',
  )
const LIMIT = z.number().int().min(1).max(200).default(20)
/** What is told of a span is little. */
const SPAN_LIMIT = z.number().int().min(1).max(1000).default(200)
const BY = z.enum(['model', 'feature', 'user', 'session', 'tenant', 'provider', 'operation', 'service', 'error_type'])

/** Nothing here changes anything, and nothing leaves this machine. */
const READS = { readOnlyHint: true, openWorldHint: false }

/**
 * An MCP server over the read API of a viewer, so that a coding agent can ask what its application has spent.
 *
 * @param open opens the viewer for one question: it may start, end or move between two of them.
 */
export function createMcpServer(version: string, open: () => Promise<ViewerClient>): McpServer {
  const server = new McpServer({ name: 'tokenmeter', version })
  const answer = async (work: (viewer: ViewerClient) => Promise<unknown>): Promise<CallToolResult> => {
    const viewer = await open()
    try {
      return { content: [{ type: 'text', text: JSON.stringify(await work(viewer)) }] }
    } finally {
      await viewer[Symbol.asyncDispose]()
    }
  }
  const ask = (path: string): Promise<CallToolResult> => answer((viewer) => viewer.ask(path))

  server.registerTool(
    'totals',
    {
      description:
        'What the AI calls of a time add up to: calls, errors, retries, tokens, USD as an exact decimal, percentiles of the duration in seconds.',
      inputSchema: { since: SINCE, filter: FILTER },
      annotations: READS,
    },
    ({ since, filter }) => ask(`/api/totals${queryOf({ ...rangeOf(since), filter })}`),
  )
  server.registerTool(
    'breakdown',
    {
      description: 'The same by model, feature, user, session and others, the dearest first.',
      inputSchema: { by: BY, since: SINCE, limit: LIMIT },
      annotations: READS,
    },
    ({ by, since, limit }) => ask(`/api/breakdown${queryOf({ by, ...rangeOf(since), limit })}`),
  )
  server.registerTool(
    'list_calls',
    {
      description:
        'Single AI calls, newest first, without their content. `next` leads to the next page, as `before`; there is none at the end.',
      inputSchema: { since: SINCE, filter: FILTER, limit: LIMIT, before: z.string().optional() },
      annotations: READS,
    },
    ({ since, filter, limit, before }) =>
      answer((viewer) => newestCalls(viewer, limit, { ...rangeOf(since), filter, before })),
  )
  server.registerTool(
    'get_call',
    {
      description:
        'One AI call by its id, with attributes, attempts, log records and, where it is captured, what was said.',
      inputSchema: { id: z.number().int().min(1) },
      annotations: READS,
    },
    ({ id }) => ask(`/api/calls/${id}`),
  )
  server.registerTool(
    'get_trace',
    {
      description:
        'One trace by its id: its spans, the earliest first, with cost, tokens and errors of all added up. `next` leads to the next page, as `after`; there is none at the end.',
      inputSchema: { traceId: z.string().regex(/^[0-9a-f]{32}$/i), limit: SPAN_LIMIT, after: z.string().optional() },
      annotations: READS,
    },
    ({ traceId, limit, after }) => ask(`/api/traces/${traceId}${queryOf({ limit, after })}`),
  )
  server.registerTool(
    'report',
    {
      description:
        'Top spenders, waste, and suggestions with evidence, the USD each would have saved, and how sure that is.',
      inputSchema: { since: SINCE, filter: FILTER },
      annotations: READS,
    },
    ({ since, filter }) => answer((viewer) => gatherReport(viewer, { ...rangeOf(since), filter })),
  )
  return server
}

function rangeOf(since: string): { readonly from: number; readonly to: number } {
  const to = Date.now() + 1
  return { from: to - durationOf(since, 'since'), to }
}
