import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

/** What this project uses of a service in the compose file. */
export interface ComposeService {
  readonly image: string
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, unknown>>
  readonly volumes?: readonly string[]
  readonly ports?: readonly string[]
  readonly mem_limit?: string
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly security_opt?: readonly string[]
  readonly cap_drop?: readonly string[]
  readonly profiles?: readonly string[]
  readonly networks?: { readonly default: { readonly aliases?: readonly string[] } }
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
}

/** The compose file of the project. */
export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>
  readonly volumes: Readonly<Record<string, unknown>>
}

const COMPOSE_FILE = new URL('../../docker-compose.yml', import.meta.url)

/** Reads `docker-compose.yml`, with its anchors and merge keys resolved. */
export function readComposeFile(): ComposeFile {
  return parse(readFileSync(COMPOSE_FILE, 'utf8'), { merge: true }) as ComposeFile
}
