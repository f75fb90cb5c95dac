import { expect, test } from 'vitest'
import { stderrLogger } from './stderr-logger.ts'

function linesOf(say: (logger: ReturnType<typeof stderrLogger>) => void): string[] {
  const lines: string[] = []
  say(stderrLogger((line) => lines.push(line)))
  return lines
}

test('a warning is one line, whatever it is made of', () => {
  const lines = linesOf(({ warn }) => warn('first\nsecond', new Error('why\nwhere'), { a: 1 }))
  expect(lines).toEqual(['tokenmeter: first why {"a":1}\n'])
})

test('a warning that was given is not given again', () => {
  const lines = linesOf(({ warn, error }) => {
    warn('same')
    error('same')
    warn('other')
  })
  expect(lines).toEqual(['tokenmeter: same\n', 'tokenmeter: other\n'])
})

test('a message that names us already does not name us twice', () => {
  expect(linesOf(({ error }) => error('tokenmeter: sink failed'))).toEqual(['tokenmeter: sink failed\n'])
})

test('an application that sets its own logger is not warned by ours', () => {
  expect(linesOf(({ warn }) => warn('Current logger will be overwritten from Error\n    at app.js'))).toEqual([])
})

test('of an exception that the SDK reports as JSON, the message is left', () => {
  const json = JSON.stringify({ stack: 'Error: down\n    at x.js', message: 'down', name: 'Error' })
  expect(linesOf(({ error }) => error(json))).toEqual(['tokenmeter: down\n'])
})
