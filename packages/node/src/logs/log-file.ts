import { closeSync, constants, fstatSync, mkdirSync, openSync, rmdirSync, writeSync } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm, rmdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { countLines, type LineTarget, NEWLINE, sleepNow } from './line-target.ts'
import type { LogReport } from './log-report.ts'

/** A file, and how much of it is kept. */
export interface LogFileSettings {
  readonly path: string
  /** Bytes of one file. */
  readonly maxBytes: number
  /** Files that are kept, the one that is written included: `calls.log`, `calls.log.1`, … the oldest last. */
  readonly maxCount: number
}

const MAX_BATCH = 65_536
/**
 * Every write appends, whoever else writes to the file. A pipe without a reader, which would hold a thread of Node for ever and the process at its
 * end, is an error instead.
 */
const FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | (constants.O_NONBLOCK ?? 0)
/** The longest that the end of the process waits for a write that is under way. */
const MAX_WAIT_MS = 500

/** What is being written, and once it is in the hands of the system, how long the file was before. */
interface UnderWay {
  readonly bytes: Buffer
  file?: { readonly fd: number; readonly size: number }
}

/**
 * Lines in a file that is rotated by its size. It may be written by several processes, and be moved away or deleted by others at any time: then it is
 * made anew.
 */
export class LogFile implements LineTarget {
  readonly batchSize: number
  readonly #settings: LogFileSettings
  readonly #report: LogReport
  #file: FileHandle | undefined
  #size = 0
  #isRegular = true
  #underWay: UnderWay | undefined
  /** A write that failed half-way has left a line without its end. */
  #isTorn = false
  /** The lock that is held while files are moved. */
  #lock: string | undefined

  constructor(settings: LogFileSettings, report: LogReport) {
    this.#settings = settings
    this.#report = report
    this.batchSize = Math.min(MAX_BATCH, settings.maxBytes)
  }

  /** Opens the file once, so that whoever starts the service hears at once what is wrong with it. */
  check(): void {
    try {
      closeSync(this.#openNow())
    } catch (error) {
      this.#report.warn(error)
    }
  }

  async write(lines: string): Promise<void> {
    const bytes = this.#bytesOf(lines)
    const underWay: UnderWay = { bytes }
    this.#underWay = underWay
    let written = 0
    try {
      const file = await this.#fileFor(bytes.length)
      // The process is ending, and `writeNow` has written it.
      if (this.#underWay !== underWay) return
      // Devices and pipes take bytes at once or not at all, and have no size by which the end of the process could tell.
      if (this.#isRegular) underWay.file = { fd: file.fd, size: this.#size }
      while (written < bytes.length) {
        written += this.#isRegular
          ? (await file.write(bytes, written)).bytesWritten
          : writeSync(file.fd, bytes, written)
      }
    } catch (error) {
      if (this.#underWay === underWay) {
        // At once: a process that ends while the file is closed would take it for lost again.
        this.#underWay = undefined
        this.#lose(bytes, written, error, false)
      }
      await this.close()
    } finally {
      this.#underWay = undefined
    }
  }

  writeNow(lines: string, deadline: number): void {
    if (this.#lock !== undefined) unlockNow(this.#lock)
    const underWay = this.#underWay
    this.#underWay = undefined
    if (underWay?.file && !hasGrown(underWay.file, underWay.bytes.length, deadline)) {
      this.#report.lost(countLines(underWay.bytes), 'the write did not end', true)
    }
    const waited = underWay && !underWay.file ? underWay.bytes : Buffer.alloc(0)
    const bytes = Buffer.concat([waited, this.#bytesOf(lines)])
    if (bytes.length === 0) return
    let written = 0
    try {
      const fd = this.#openNow()
      try {
        while (written < bytes.length) written += writeSync(fd, bytes, written)
      } finally {
        closeSync(fd)
      }
    } catch (error) {
      this.#lose(bytes, written, error, true)
    }
  }

  async close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close().catch(() => {})
  }

  #bytesOf(lines: string): Buffer {
    const isTorn = this.#isTorn && lines !== ''
    this.#isTorn &&= !isTorn
    return Buffer.from(isTorn ? `\n${lines}` : lines)
  }

  #lose(bytes: Buffer, written: number, error: unknown, quiet: boolean): void {
    this.#isTorn = written > 0 && bytes[written - 1] !== NEWLINE
    this.#report.lost(countLines(bytes.subarray(written)), error, quiet)
  }

  #openNow(): number {
    const { path } = this.#settings
    try {
      return openSync(path, FLAGS)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      mkdirSync(dirname(path), { recursive: true })
      return openSync(path, FLAGS)
    }
  }

  /** The file, with room for so many bytes. */
  async #fileFor(length: number): Promise<FileHandle> {
    const file = await this.#current()
    if (this.#size === 0 || this.#size + length <= this.#settings.maxBytes) return file
    await this.#rotate()
    return this.#current()
  }

  /** The file that is at the path now. */
  async #current(): Promise<FileHandle> {
    const { path } = this.#settings
    if (this.#file) {
      const [ours, there] = await Promise.all([this.#file.stat(), stat(path).catch(() => undefined)])
      this.#size = ours.size
      if (ours.ino === there?.ino && ours.dev === there.dev) return this.#file
      await this.close()
    }
    const file = await open(path, FLAGS).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      await mkdir(dirname(path), { recursive: true })
      return open(path, FLAGS)
    })
    this.#file = file
    const stats = await file.stat()
    this.#size = stats.size
    this.#isRegular = stats.isFile()
    return file
  }

  /** Unless another process does it, or has done it: of two that move files at once, one moves its own over the other's. */
  async #rotate(): Promise<void> {
    const { path } = this.#settings
    const full = await this.#file?.stat()
    await this.close()
    await this.#whileLocked(async () => {
      const there = await stat(path).catch(() => undefined)
      if (there && there.ino === full?.ino) await this.#moveFiles()
    })
  }

  /** Runs `run` unless another process has the lock: a folder, which one process alone can make. */
  async #whileLocked(run: () => Promise<void>): Promise<void> {
    const lock = `${this.#settings.path}.lock`
    try {
      await mkdir(lock)
    } catch {
      const left = await stat(lock).catch(() => undefined)
      if (left && Date.now() - left.mtimeMs > STALE_LOCK_MS) await rmdir(lock).catch(() => {})
      return
    }
    this.#lock = lock
    try {
      await run()
    } finally {
      this.#lock = undefined
      await rmdir(lock).catch(() => {})
    }
  }

  async #moveFiles(): Promise<void> {
    const { path, maxCount } = this.#settings
    for (let number = maxCount - 1; number > 1; number--) {
      await rename(`${path}.${number - 1}`, `${path}.${number}`).catch(unlessMissing)
    }
    await (maxCount === 1 ? rm(path) : rename(path, `${path}.1`)).catch(unlessMissing)
  }
}

/** A process that has ended while it moved files has left its lock; nobody moves them for longer. */
const STALE_LOCK_MS = 10_000

/** At the end of the process, whatever has become of the files. */
function unlockNow(lock: string): void {
  try {
    rmdirSync(lock)
  } catch {
    // Whoever wants it takes it for stale in a while.
  }
}

/** Somebody else may have moved it. */
function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}

/**
 * A write in the hands of the system is finished even when the process ends; what comes after it must wait for it.
 *
 * @returns whether the file has grown by so many bytes
 */
function hasGrown({ fd, size }: NonNullable<UnderWay['file']>, bytes: number, deadline: number): boolean {
  const end = Math.min(deadline, performance.now() + MAX_WAIT_MS)
  const isWritten = (): boolean => fstatSync(fd).size >= size + bytes
  try {
    while (!isWritten() && performance.now() < end) sleepNow(1)
    return isWritten()
  } catch {
    // Closed meanwhile, because it failed.
    return false
  }
}
