/*
 * Spans of a trace whose numbers follow each other, as most do, are a run: a row for each is less to write than an index of all spans.
 */

/**
 * A query of the spans of traces, run by run.
 *
 * @param columns what is asked of `spans`.
 * @param of which runs: a condition on `runs`.
 */
export function selectSpans(columns: string, of: string): string {
  return `SELECT ${columns} FROM runs CROSS JOIN spans ON spans.id BETWEEN first AND first + count - 1 WHERE ${of}`
}

/** The same of their numbers. */
export function spanNumbers(of: string): string {
  return selectSpans('spans.id', of)
}
