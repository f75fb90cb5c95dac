import { fileURLToPath } from 'node:url'

/** A server that the stack can run without Docker. */
export type ServerName = 'otelcol' | 'prometheus' | 'alertmanager' | 'jaeger'

/** How a program is built from Go modules. */
export interface Recipe {
  readonly name: ServerName | 'compose'
  readonly version: string
  /** File names of what the build makes. */
  readonly binaries: readonly string[]
  /**
   * Folder with the `go.mod` and `go.sum` that pin every module of the build.
   * Absent for a module that `go install <package>@<version>` can build as it is.
   */
  readonly module?: string
  /** What to build; with a version each, when there is no `module`. */
  readonly packages: readonly string[]
  readonly tags: readonly string[]
  /** Linker flags, beside the ones that strip the symbols. */
  readonly linkerFlags: readonly string[]
}

/**
 * The servers in the order of their value to a test.
 *
 * These versions are the newest that build from the Go module proxy alone. The images in `docker-compose.yml` are the
 * newest releases; the configuration files here are valid for both.
 */
export const RECIPES: readonly Recipe[] = [
  {
    name: 'otelcol',
    version: '0.161.0',
    binaries: ['otelcol'],
    module: fileURLToPath(new URL('otelcol/', import.meta.url)),
    packages: ['.'],
    tags: [],
    linkerFlags: [],
  },
  {
    // Modules of Prometheus 3.x are numbered v0.3xx. The tag leaves the service discovery of the clouds out: files and
    // static targets stay.
    name: 'prometheus',
    version: '3.16.0',
    binaries: ['prometheus', 'promtool'],
    packages: [
      'github.com/prometheus/prometheus/cmd/prometheus@v0.316.0',
      'github.com/prometheus/prometheus/cmd/promtool@v0.316.0',
    ],
    tags: ['netgo', 'remove_all_sd'],
    linkerFlags: ['-X github.com/prometheus/common/version.Version=3.16.0'],
  },
  {
    // From 0.32 on the compiled page is missing in the Go module, and the build fails.
    name: 'alertmanager',
    version: '0.31.1',
    binaries: ['alertmanager', 'amtool'],
    packages: [
      'github.com/prometheus/alertmanager/cmd/alertmanager@v0.31.1',
      'github.com/prometheus/alertmanager/cmd/amtool@v0.31.1',
    ],
    tags: [],
    linkerFlags: ['-X github.com/prometheus/common/version.Version=0.31.1'],
  },
  {
    // Module v1.76.0 is the last one tagged for Go, and holds Jaeger 2.13.0.
    name: 'jaeger',
    version: '2.13.0',
    binaries: ['jaeger'],
    module: fileURLToPath(new URL('jaeger/', import.meta.url)),
    packages: ['github.com/jaegertracing/jaeger/cmd/jaeger'],
    tags: [],
    linkerFlags: ['-X github.com/jaegertracing/jaeger/internal/version.latestVersion=v2.13.0'],
  },
]

/** `docker compose` itself, by which the compose file is checked: what it says of a file needs no Docker. Newer versions ask for a newer Go. */
const COMPOSE: Recipe = {
  name: 'compose',
  version: '5.2.0',
  binaries: ['cmd'],
  module: fileURLToPath(new URL('compose/', import.meta.url)),
  packages: ['github.com/docker/compose/v5/cmd'],
  tags: [],
  linkerFlags: ['-X github.com/docker/compose/v5/internal.Version=5.2.0'],
}

/**
 * The recipe of a server, or of `compose`.
 *
 * @throws {Error} when there is none of this name; the text lists the names.
 */
export function findRecipe(name: string): Recipe {
  const known = [...RECIPES, COMPOSE]
  const recipe = known.find((candidate) => candidate.name === name)
  if (recipe) return recipe
  throw new Error(`There is no server "${name}". Known servers: ${known.map((one) => one.name).join(', ')}.`)
}
