import { isMainThread } from 'node:worker_threads'
import { type Call, type CallLogRecord, callLogRecord } from '@tokenmeter/meter'
import type { Settings } from '../settings.ts'
import { LineQueue } from './line-queue.ts'
import { LogFile } from './log-file.ts'
import { LogReport } from './log-report.ts'
import { StandardLines } from './standard-lines.ts'
import { type LineWriter, WriterLines } from './writer-lines.ts'
import type { LineTarget } from './line-target.ts'

/** A line of JSON for every finished call, on its way to where the settings say. */
export class CallLog {
  readonly lines: LineQueue

  constructor(target: LineTarget, report: LogReport) {
    this.lines = new LineQueue(target, report)
  }

  /** @param clean takes out of a line what is personal or secret. */
  record(call: Call, clean: (line: CallLogRecord) => CallLogRecord): void {
    this.lines.add(`${JSON.stringify(clean(callLogRecord(call)))}\n`)
  }
}

/** Whether calls are written as lines: `logs` says so, or there is a file for them and `logs` says nothing. */
export const writesLines = ({ logs, logFile }: Settings): boolean =>
  logs === undefined ? logFile !== undefined : logs !== 'off' && logs !== 'otel'

/** The log that the settings ask for; `undefined` for none. */
export function createCallLog(settings: Settings): CallLog | undefined {
  if (!writesLines(settings)) return undefined
  const { logs, logFile, logFileMaxBytes, logFileMaxCount } = settings
  if (typeof logs === 'object') return writerLog(logs)
  if (logFile === undefined) return standardLog(1, process.stdout)
  const report = new LogReport(logFile, 'Set TOKENMETER_LOG_FILE to a file that can be written')
  const file = new LogFile({ path: logFile, maxBytes: logFileMaxBytes, maxCount: logFileMaxCount }, report)
  file.check()
  return new CallLog(file, report)
}

function writerLog(writer: LineWriter): CallLog {
  if (writer === process.stdout) return standardLog(1, process.stdout)
  if (writer === process.stderr) return standardLog(2, process.stderr)
  const report = new LogReport('what was given as `logs`', 'See why it cannot be written to')
  return new CallLog(new WriterLines(writer, report), report)
}

/** In a worker the main thread does the writing, between lines of its own. */
function standardLog(fd: 1 | 2, stream: NodeJS.WriteStream): CallLog {
  const name = fd === 1 ? 'stdout' : 'stderr'
  const report = new LogReport(name, 'See who reads it, or set TOKENMETER_LOG_FILE to write to a file instead')
  return new CallLog(isMainThread ? new StandardLines(fd, stream, report) : new WriterLines(stream, report), report)
}
