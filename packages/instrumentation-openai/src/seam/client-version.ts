import { alertOnce } from '@tokenmeter/meter'

/** The versions of openai that our tests cover: the lowest, and the first major above them. */
const TESTED = { major: 4, minor: 20, below: 8 } as const
/** The same in words: `>=4.20 <8`. */
const TESTED_RANGE = `>=${TESTED.major}.${TESTED.minor} <${TESTED.below}`
const UPDATE = 'update @tokenmeter/instrumentation-openai'

/** The version a client class says it has, as in the header `user-agent` of its requests: `7.57.0`. */
function versionOf(prototype: object): string | undefined {
  try {
    // Since v4.0 `${this.constructor.name}/JS ${VERSION}`, and nothing else.
    const agent = (prototype as { getUserAgent?: () => unknown }).getUserAgent?.()
    return typeof agent === 'string' ? /\/JS (\d[\w.+-]*)$/.exec(agent)?.[1] : undefined
  } catch {
    return undefined
  }
}

function isTested(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < TESTED.below && (major > TESTED.major || (major === TESTED.major && minor >= TESTED.minor))
}

/** Says once that a client which is measured has a version that no test covers. */
export function tellUntested(prototype: object): void {
  const version = versionOf(prototype)
  if (version === undefined || isTested(version)) return
  alertOnce(
    `openai ${version}`,
    `tokenmeter: openai ${version} is measured, but not tested: Tokenmeter is tested with openai ${TESTED_RANGE}. Use one of these versions, or ${UPDATE}.`,
  )
}

/** Says once that a class cannot be measured, because it has no request path that we know. */
export function tellUnknown(prototype: object): void {
  const version = versionOf(prototype)
  alertOnce(`openai ${version}`, notMeasured(version))
}

/** What there is to say of a version, if it is known, that cannot be measured. */
export function notMeasured(version: string | undefined): string {
  const what = version === undefined ? 'a client that was handed over' : `openai ${version}`
  return `tokenmeter: ${what} is not measured, because its request path is none that Tokenmeter knows. Use openai ${TESTED_RANGE}, or ${UPDATE}.`
}
