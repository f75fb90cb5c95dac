import { ADDRESS_NAMES } from './addresses.ts'
import { type Check, type CheckGroup, ok, problem, skipped } from './check.ts'
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

/** Clocks. */
export const clocks: CheckGroup = { name: 'clocks', checks: [skew] }
