/** Runs the real servers on this machine, without Docker, until Ctrl-C: `pnpm stack`. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { buildMissingServers } from './servers/build-missing.ts'
import { cacheFolder } from './servers/cache.ts'
import { RECIPES } from './servers/recipe.ts'
import { PORT_VARIABLES, readArguments, readPorts, type StackArguments, USAGE, UsageError } from './stack/options.ts'
import { findTakenPorts, isFree, loopback, type Ports } from './stack/ports.ts'
import { Stack } from './stack/stack.ts'
import { addressTable } from './stack/table.ts'
import { startZipkin, ZIPKIN_PORT } from './stack/zipkin.ts'

/** What a shell reports for a program that Ctrl-C ended: 128 + SIGINT. */
const INTERRUPTED = 130
const DEMO = fileURLToPath(new URL('../examples/demo/src/keep-busy.ts', import.meta.url))

async function main(args: StackArguments, ports: Ports): Promise<number> {
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => interrupted.abort())
  await refuseTakenPorts(ports, args.zipkin)
  try {
    return await run(args, ports, interrupted.signal)
  } catch (error) {
    if (interrupted.signal.aborted) return INTERRUPTED
    throw error
  }
}

async function run(args: StackArguments, ports: Ports, signal: AbortSignal): Promise<number> {
  const interruption = once(signal, 'abort').then(() => undefined)
  await buildMissingServers(RECIPES, signal)
  const folder = join(cacheFolder(), 'stack')
  if (args.fresh) await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })

  const startTime = performance.now()
  const start = { signal, detached: true }
  await using zipkin = new AsyncDisposableStack()
  if (args.zipkin) zipkin.use(await startZipkin(folder, ZIPKIN_PORT, start))
  await using stack = await Stack.start({
    folder,
    ports,
    ...start,
    ...(args.badger && { jaegerConfigs: ['jaeger.yaml', 'badger.yaml'] }),
    ...(args.zipkin && {
      collectorConfigs: ['otelcol.yaml', 'overlays/zipkin.yaml'],
      collectorEnv: { ZIPKIN_URL: loopback(ZIPKIN_PORT) },
    }),
  })
  const seconds = ((performance.now() - startTime) / 1000).toFixed(1)
  console.log(`\nReady after ${seconds} s.\n\n${addressTable(ports, folder, args.zipkin)}\n\nCtrl-C stops everything.`)
  return await untilOver(stack, args.demo, interruption)
}

async function refuseTakenPorts(ports: Ports, zipkin: boolean): Promise<void> {
  const lines = (await findTakenPorts(ports)).map((name) => `  ${ports[name]}  move it with ${PORT_VARIABLES[name]}`)
  if (zipkin && !(await isFree(ZIPKIN_PORT))) lines.push(`  ${ZIPKIN_PORT}  of Zipkin, which cannot be moved`)
  if (lines.length === 0) return
  throw new UsageError(
    ['Somebody listens already on these ports of 127.0.0.1; perhaps the stack is running:', ...lines].join('\n'),
  )
}

/** Waits for Ctrl-C, or for a server that ends by itself. */
async function untilOver(stack: Stack, demo: boolean, interruption: Promise<undefined>): Promise<number> {
  await using desk = demo ? startDemo(stack.otlpUrl) : undefined
  const ended = await Promise.race([interruption, stack.firstEnd(), ...(desk ? [desk.ended] : [])])
  if (ended === undefined) {
    console.log('\nStopping …')
    return INTERRUPTED
  }
  console.error(`\n${ended.name} ended by itself. What it said: ${ended.logFile}`)
  return 1
}

interface Demo extends AsyncDisposable {
  readonly ended: Promise<{ readonly name: string; readonly logFile: string }>
}

function startDemo(otlpUrl: string): Demo {
  const child = spawn(process.execPath, [DEMO], {
    env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl },
    stdio: 'inherit',
    detached: true,
  })
  const exit = once(child, 'exit')
  return {
    ended: exit.then(() => ({ name: 'The support desk', logFile: 'above' })),
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null) return
      child.kill('SIGINT')
      await exit
    },
  }
}

try {
  const args = readArguments(process.argv.slice(2))
  if (args.help) console.log(USAGE)
  else process.exitCode = await main(args, readPorts(process.env))
} catch (error) {
  console.error(error instanceof UsageError ? error.message : error instanceof Error ? error.message : error)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
