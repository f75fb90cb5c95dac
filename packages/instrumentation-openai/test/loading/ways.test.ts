import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'tsdown'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chatCompletion } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url))
const work = mkdtempSync(join(modules, '.loading-'))
beforeAll(async () => {
  // Built, because `tsx` would otherwise compile all of it for each program.
  await build({
    config: false,
    entry: fileURLToPath(new URL('programs/register.ts', import.meta.url)),
    outDir: work,
    clean: false,
    format: ['esm', 'cjs'],
    platform: 'node',
    fixedExtension: true,
    shims: true,
    dts: false,
    noExternal: [/^@tokenmeter\//],
    inputOptions: { resolve: { conditionNames: ['source', 'import', 'node'] } },
    logLevel: 'silent',
  })
})
afterAll(() => rmSync(work, { recursive: true }))

const MAJORS = ['openai-v4', 'openai-v5', 'openai-v6', 'openai'] as const
type Major = (typeof MAJORS)[number]

/** A client of the class `type` asks for `model`. */
const ask = (type: string, model: string): string =>
  `await new ${type}({ apiKey: 'sk-test', baseURL: process.env.WIRE_URL }).chat.completions.create({ model: '${model}', messages: [] })\n`

const IMPORT = `import { OpenAI as Imported } from 'openai'\n`
const REQUIRE = `const { OpenAI: Required } = require('openai')\n`
const CREATE_REQUIRE = `import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)\n`
/** What `tsx` has to take out. */
const TYPED = `const typed = (text: string): string => text\ntyped('')\n`
const main = (body: string): string => `async function main() {\n${body}}\nmain()\n`

/** Programs by file, and the models for which they ask. */
const PROGRAMS: Readonly<Record<string, readonly [source: string, models: string]>> = {
  'imports.mjs': [IMPORT + ask('Imported', 'esm'), 'esm'],
  'requires.cjs': [REQUIRE + main(ask('Required', 'cjs')), 'cjs'],
  'imports-and-requires.mjs': [
    CREATE_REQUIRE + IMPORT + REQUIRE + ask('Imported', 'esm') + ask('Required', 'cjs'),
    'esm cjs',
  ],
  'requires-and-imports.cjs': [
    REQUIRE +
      main(`const { OpenAI: Imported } = await import('openai')\n${ask('Required', 'cjs')}${ask('Imported', 'esm')}`),
    'cjs esm',
  ],
}
const TYPESCRIPT: typeof PROGRAMS = {
  'requires.cts': [REQUIRE + TYPED + main(ask('Required', 'cjs')), 'cjs'],
  'imports-and-requires.mts': [
    CREATE_REQUIRE + IMPORT + REQUIRE + TYPED + ask('Imported', 'esm') + ask('Required', 'cjs'),
    'esm cjs',
  ],
}

const IMPORTED = ['--import', join(work, 'register.mjs')]
const REQUIRED = ['--require', join(work, 'register.cjs')]
const TSX = ['--import', fileURLToPath(import.meta.resolve('tsx'))]

/** Has a library ask as ES module and as CommonJS. */
const askBoth = (major: Major): string =>
  `await import('library-${major}/index.mjs')\nawait require('library-${major}/index.cjs').ask()\n`

/** A package with nothing but that openai. */
function packageWith(major: Major, folder: string): string {
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  symlinkSync(realpathSync(join(modules, major)), join(folder, 'node_modules/openai'))
  return folder
}

async function run(folder: string, file: string, flags: readonly string[]): Promise<string> {
  await using wire = await wireServer(chatCompletion())
  const env = { PATH: process.env['PATH'], WIRE_URL: wire.url }
  const args = [...flags, join(folder, file)]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: folder, env })
  return `${stderr}${stdout}`.trimEnd()
}

/** Runs each of the programs with each of the flags, and expects it to print the models. */
async function expectWatched(major: Major, programs: typeof PROGRAMS, ways: readonly string[][]): Promise<void> {
  const folder = packageWith(major, mkdtempSync(join(work, 'project-')))
  for (const [file, [source, models]] of Object.entries(programs)) {
    writeFileSync(join(folder, file), source)
    const printed = await Promise.all(ways.map((flags) => run(folder, file, flags)))
    expect([file, ...printed]).toEqual([file, ...ways.map(() => models)])
  }
}

describe.each(MAJORS)('%s is watched', (major) => {
  test('in ES modules, in CommonJS and in both at once, with --import and --require', () =>
    expectWatched(major, PROGRAMS, [IMPORTED, REQUIRED]))

  test('in TypeScript under tsx, which is loaded before us or after us', () =>
    expectWatched(major, TYPESCRIPT, [
      [...TSX, ...IMPORTED],
      [...IMPORTED, ...TSX],
      // Node loads these before all that are imported.
      [...REQUIRED, ...TSX],
    ]))
})

test.each([[IMPORTED], [REQUIRED]])(
  'eight copies of openai in one process, of four packages, are all watched: %s',
  async (flags) => {
    const folder = packageWith('openai', mkdtempSync(join(work, 'project-')))
    for (const major of MAJORS) {
      const library = packageWith(major, join(folder, 'node_modules', `library-${major}`))
      writeFileSync(join(library, 'index.mjs'), IMPORT + ask('Imported', `esm-${major}`))
      writeFileSync(
        join(library, 'index.cjs'),
        `${REQUIRE}exports.ask = async () => ${ask('Required', `cjs-${major}`)}`,
      )
    }
    writeFileSync(join(folder, 'app.mjs'), CREATE_REQUIRE + MAJORS.map(askBoth).join(''))
    const models = MAJORS.map((major) => `esm-${major} cjs-${major}`)
    expect(await run(folder, 'app.mjs', flags)).toBe(models.join(' '))
  },
)
