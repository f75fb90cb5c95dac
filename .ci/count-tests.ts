import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Part of Vitest's JSON report. */
interface TestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numTotalTests: number
  readonly numPendingTests: number
  readonly success: boolean
}

const [folder = '', passedSteps = '0', failedSteps = '0'] = process.argv.slice(2)
const reports = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as TestReport)

const sum = (count: (report: TestReport) => number): number =>
  reports.reduce((total, report) => total + count(report), 0)
const ran = sum((report) => report.numPassedTests + report.numFailedTests)
const skipped = sum((report) => report.numPendingTests)
const passed = sum((report) => report.numPassedTests) + Number(passedSteps)
const failed = sum((report) => report.numFailedTests) + Number(failedSteps)

console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
if (ran === 0 || failed > 0 || reports.some((report) => !report.success)) process.exitCode = 1
