import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { type Budgets, type BudgetStore, callback, createBudgets, redisStore } from '@tokenmeter/budget'
import type { Call } from '@tokenmeter/meter'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RedisServer, startRedis } from './redis-server.ts'

let redis: RedisServer
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis[Symbol.asyncDispose]())

const callOf = (picoUsd: bigint): Call => ({ request: {}, cost: { picoUsd } }) as unknown as Call

function spend(budgets: Budgets, picoUsd: bigint): void {
  const call = callOf(picoUsd)
  budgets.admit(call, undefined)?.ended(call)
}

function budgetsIn(store: BudgetStore | { readonly redis: string }, directory: string, told: string[] = []): Budgets {
  return createBudgets({
    budgets: [{ name: 'kept', limitUsd: '1', period: 'month' }],
    store,
    directory,
    notifiers: [callback(({ percent, coverage }) => told.push(`${percent} ${coverage}`))],
  })
}

async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'budget-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

const spentOf = (budgets: Budgets): bigint | undefined => budgets.standings()[0]?.spentPicoUsd

test('replicas that share a server spend no more together than the limit and one bound, tell each threshold once, and end by themselves', async () => {
  await using folder = await temporaryFolder()
  const program = fileURLToPath(new URL('programs/replica.mjs', import.meta.url))
  const runs = Array.from({ length: 4 }, async () => {
    const args = ['--conditions=source', program, redis.url]
    const child = spawn(process.execPath, args, { cwd: folder.path, stdio: ['ignore', 'pipe', 'pipe'] })
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
    expect([stderr, code]).toEqual(['', 0])
    return stdout.trim().split('\n')
  })
  const lines = (await Promise.all(runs)).flat()
  const left = lines.filter((line) => line === 'left').length
  expect(left).toBeGreaterThanOrEqual(20)
  // 25 calls of 0.04 USD are the limit; what was set aside for them is more.
  expect(left).toBeLessThanOrEqual(25)
  const client = await createClient({ url: redis.url }).connect()
  const state = JSON.parse((await client.get('tokenmeter:budget:team')) ?? '{}')
  client.destroy()
  expect(state.slices.map(([, picoUsd]: readonly unknown[]) => picoUsd)).toEqual([
    String(BigInt(left) * 40_000_000_000n),
  ])
  expect(state.holds).toEqual([])
  const alerts = lines.filter((line) => line.startsWith('alert')).map((line) => line.split(' ')[1])
  expect(alerts.toSorted()).toEqual(['50', '80', ...(left === 25 ? ['100'] : [])].toSorted())
})

test.each(['redis', 'ioredis'])(
  'what one process has spent and told the next one knows, by a client of %s',
  async (kind) => {
    await using folder = await temporaryFolder()
    const client = await createClient({ url: redis.url }).connect()
    const other = new Redis(redis.url)
    const prefix = `${kind}:`
    const store = (): BudgetStore => redisStore(kind === 'redis' ? client : other, { prefix })
    const told: string[] = []
    const first = budgetsIn(store(), folder.path, told)
    spend(first, 500_000_000_000n)
    await first.close()
    const second = budgetsIn(store(), folder.path, told)
    await second.flush()
    expect(spentOf(second)).toBe(500_000_000_000n)
    spend(second, 300_000_000_000n)
    await second.close()
    expect(told).toEqual(['50 replicas', '80 replicas'])
    // Kept for as long as any period may last.
    expect(await other.pttl(`${prefix}kept`)).toBeGreaterThan(61 * 86_400_000)
    client.destroy()
    other.disconnect()
  },
)

test('a server that is away holds up nothing, and gets everything when it is back', async () => {
  await using folder = await temporaryFolder()
  const budgets = budgetsIn({ redis: redis.url }, folder.path)
  await budgets.flush()
  await redis.stop()
  spend(budgets, 100_000_000_000n)
  await budgets.flush()
  expect([budgets.isPending, spentOf(budgets)]).toEqual([true, 100_000_000_000n])
  spend(budgets, 50_000_000_000n)
  await redis.start()
  await budgets.flush()
  expect([budgets.isPending, spentOf(budgets)]).toEqual([false, 150_000_000_000n])
  await budgets.close()
})

test('what a process could not bring to the server, its successor on the host does', async () => {
  await using folder = await temporaryFolder()
  const ending = budgetsIn({ redis: redis.url }, folder.path)
  await ending.flush()
  const before = spentOf(ending) ?? 0n
  await redis.stop()
  spend(ending, 70_000_000_000n)
  await ending.close()
  expect(await readdir(folder.path)).toEqual([expect.stringMatching(/\.spool$/)])
  await redis.start()
  const next = budgetsIn({ redis: redis.url }, folder.path)
  await next.flush()
  expect(spentOf(next)).toBe(before + 70_000_000_000n)
  await next.close()
  expect(await readdir(folder.path)).toEqual([])
})
