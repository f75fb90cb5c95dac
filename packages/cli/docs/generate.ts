/** Writes the checks of `tokenmeter doctor` into docs/doctor.md: a part of `pnpm generate`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { CHECKS_MARKER, checksPage } from './checks.ts'

const PAGE = new URL('../../../docs/doctor.md', import.meta.url)
const [written = ''] = readFileSync(PAGE, 'utf8').split(CHECKS_MARKER)
writeFileSync(PAGE, `${written}${checksPage()}`)
