import { ask } from '../../../../ask.js'

export const runtime = 'edge'
export const dynamic = 'force-dynamic'

export async function GET() {
  return new Response((await ask(process.env.WIRE)).join('\n'))
}
