import { cpus } from 'node:os'
import { styleText } from 'node:util'
import { type CallCost, measureCalls } from './calls.ts'
import { measurePrices, type PriceCost } from './prices.ts'
import { measureStartUp, type StartUpCost } from './start-up.ts'

const isTerminal = process.stderr.isTTY
const progress = (text: string): void => {
  process.stderr.write(isTerminal ? `\r\u001B[K${styleText('dim', text)}` : `${text}\n`)
}

const micro = (value: number): string => value.toFixed(1)
const whole = (value: number): string => Math.round(value).toLocaleString('en')

const isQuick = process.argv.includes('--quick')
const report = process.argv.includes('--prices') ? '' : await callReport()
const prices = priceReport(await measurePrices(isQuick ? 1 : 7, progress))
if (isTerminal) process.stderr.write('\r\u001B[K')
console.log(
  [`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`, report, prices]
    .filter((part) => part !== '')
    .join('\n\n'),
)

async function callReport(): Promise<string> {
  const costs = await measureCalls(isQuick, progress)
  return tables(costs, measureStartUp(isQuick ? 3 : 15, progress))
}

function priceReport({ warmUs, firstMs }: PriceCost): string {
  return [
    '| pricing a call whose model was asked for before | µs |',
    '| --- | ---: |',
    ...warmUs.map(([call, us]) => `| ${call} | ${us.toFixed(2)} |`),
    '',
    '| first call of a process | its price ms | longest standstill of the event loop: bare ms | with Tokenmeter ms |',
    '| --- | ---: | ---: | ---: |',
    ...firstMs.map(([model, ...times]) => `| ${[model, ...times.map((ms) => ms.toFixed(1))].join(' | ')} |`),
  ].join('\n')
}

function tables(calls: readonly CallCost[], { bareMs, addedMs, addedByApiMs, addedByOwnCodeMs }: StartUpCost): string {
  const rows = calls.map((cost) =>
    [
      cost.scenario,
      micro(cost.bareUs),
      micro(cost.addedUs),
      micro(cost.addedCpuUs),
      cost.ratio.toFixed(2),
      whole(cost.addedBytes),
      micro(cost.floorUs),
      whole(cost.floorBytes),
      (cost.addedUs / cost.floorUs).toFixed(2),
      micro(cost.exportingUs),
    ].join(' | '),
  )
  return [
    '| call | bare µs | added µs | added CPU µs | ratio to bare | added heap bytes | floor: added µs | floor: heap bytes | ratio to floor | with OTLP export: added µs |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...rows.map((row) => `| ${row} |`),
    '',
    '| start-up | ms |',
    '| --- | ---: |',
    `| bare process that imports openai | ${bareMs.toFixed(0)} |`,
    `| added with the SDK, exporters and /metrics | ${addedMs.toFixed(0)} |`,
    `| of that: the OpenTelemetry API | ${addedByApiMs.toFixed(0)} |`,
    `| of that: our own code | ${addedByOwnCodeMs.toFixed(0)} |`,
  ].join('\n')
}
