import { ADDRESS_NAMES } from './addresses.ts'
import { type Check, type CheckGroup, note, ok, problem, skipped } from './check.ts'
import { NoAnswer } from './http.ts'

/** Beyond it spans are out of order: two seconds, and the whole second to which a `Date` header is cut. */
const FAR_SECONDS = 2.5

const skew: Check = {
  id: 'clocks-skew',
  stages: ['pre', 'production'],
  looksAt: 'the clocks of all servers that say what time it is, against that of this machine',
  complains: 'one differs by more than two seconds: spans are out of order, and beyond 30 s samples are refused',
  run: async ({ http, addresses }) => {
    const answers = await Promise.all(
      ADDRESS_NAMES.map(async (name) => {
        try {
          return { name, skew: (await http.ask(addresses[name])).skewSeconds }
        } catch (error) {
          if (!(error instanceof NoAnswer)) throw error
          return { name, skew: undefined }
        }
      }),
    )
    const told = answers.flatMap(({ name, skew: seconds }) => (seconds === undefined ? [] : [{ name, seconds }]))
    const [worst] = told.toSorted((one, other) => Math.abs(other.seconds) - Math.abs(one.seconds))
    if (!worst) return skipped('no server says what time it is')
    const far = Math.abs(worst.seconds)
    return far > FAR_SECONDS
      ? problem(
          `the clock of ${worst.name} is ${Math.round(far)} s ${worst.seconds > 0 ? 'ahead of' : 'behind'} this machine's`,
          'Let NTP set both clocks; a virtual machine that slept may need a restart of it',
        )
      : ok(`${told.length} clocks agree`)
  },
}

const month: Check = {
  id: 'clocks-month',
  stages: ['pre', 'production'],
  looksAt: 'the month in the time zone of this machine, and in UTC',
  complains: 'they differ, as they do for hours at the turn of a month: budgets begin anew by UTC (a note)',
  run: ({ now, timeZone }) => {
    const [here, there] = [monthIn(timeZone, now), monthIn('UTC', now)]
    return here === there
      ? ok(`it is ${here} here and in UTC`)
      : note(
          `it is ${here} in ${timeZone} and ${there} in UTC, by which budgets and boards count`,
          `Give budgets that follow the calendar of people their timeZone: ${timeZone}`,
        )
  },
}

const monthIn = (timeZone: string, now: Date): string => now.toLocaleString('en', { month: 'long', timeZone })

/** Clocks. */
export const clocks: CheckGroup = { name: 'clocks', checks: [skew, month] }
