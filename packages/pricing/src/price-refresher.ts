import { inform, warnOnce } from '@tokenmeter/meter'
import type { PriceBook } from './price-book.ts'
import { downloadPrices } from './price-download.ts'
import type { PriceEntry } from './price-entry.ts'
import { PriceFileError, readPriceFile } from './price-file.ts'
import { movedPrices } from './price-moves.ts'
import { type PriceRefreshPlan, type PriceRefreshSettings, readPriceRefresh } from './price-refresh-settings.ts'

/** How many things that are wrong with a file one line tells. */
const MOST_TOLD = 3

/**
 * Brings new prices into a book while the process runs: from an address or a file, in the format of a file of prices. They come after the caller's own prices
 * and before all others, all of them at once or none.
 *
 * A file that cannot be had in time, is too large, is wrong in any field, or has a price that moved more than tenfold is refused as a whole: the prices in
 * force stay, and why is said once through OpenTelemetry's `diag`. A price that has really moved so far goes into the prices of your own.
 *
 * Nothing in it throws once it is made, and nothing keeps the process alive.
 */
export class PriceRefresher {
  readonly #book: PriceBook
  readonly #plan: PriceRefreshPlan
  #timer: ReturnType<typeof setInterval> | undefined
  #underWay: { readonly result: Promise<boolean>; readonly stop: AbortController } | undefined

  /**
   * @param book that shall have the new prices.
   * @throws TypeError when the settings are wrong, naming every field that is.
   */
  constructor(book: PriceBook, settings: PriceRefreshSettings) {
    this.#book = book
    this.#plan = readPriceRefresh(settings, 'priceRefresh')
  }

  /** Refreshes now, and from then on every so many hours. Harmless when it does already. */
  start(): void {
    if (this.#timer) return
    this.#timer = setInterval(() => void this.refresh(), this.#plan.everyMs)
    this.#timer.unref()
    void this.refresh()
  }

  /** Ends it. A refresh that is under way changes nothing any more. */
  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#underWay?.stop.abort()
    this.#underWay = undefined
  }

  /**
   * Refreshes now, or waits for the refresh that is under way.
   *
   * @returns whether new prices are in force.
   */
  refresh(): Promise<boolean> {
    if (this.#underWay) return this.#underWay.result
    const stop = new AbortController()
    const result = this.#refresh(stop.signal).finally(() => {
      if (this.#underWay?.stop === stop) this.#underWay = undefined
    })
    this.#underWay = { result, stop }
    return result
  }

  async #refresh(signal: AbortSignal): Promise<boolean> {
    try {
      const entries = await this.#read(signal)
      if (signal.aborted) return false
      this.#book.replacePrices(entries)
      inform(`tokenmeter: the prices of ${this.#plan.origin} are in force: ${entries.length} entries`)
      return true
    } catch (error) {
      if (!signal.aborted) this.#tell(error)
      return false
    }
  }

  async #read(signal: AbortSignal): Promise<readonly PriceEntry[]> {
    const { origin } = this.#plan
    const text = await downloadPrices(this.#plan, signal)
    const entries = readPriceFile(JSON.parse(text), origin)
    const moved = await movedPrices(entries, this.#book, Date.now())
    if (moved.length > 0) throw new Error(`more than tenfold moved ${some(moved)}`)
    return entries
  }

  #tell(error: unknown): void {
    const { origin } = this.#plan
    const why =
      error instanceof PriceFileError ? some(error.problems) : error instanceof Error ? error.message : String(error)
    const message = `tokenmeter: the prices of ${origin} are not taken, and those in force stay: ${why}`
    warnOnce(message, message)
  }
}

function some(lines: readonly string[]): string {
  const more = lines.length - MOST_TOLD
  return lines.slice(0, MOST_TOLD).join('; ') + (more > 0 ? `; and ${more} more` : '')
}
