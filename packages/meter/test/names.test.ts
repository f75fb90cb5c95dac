import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const PACKAGES = new URL('../../', import.meta.url)

/**
 * The tables where the names live, those of others among them; everything else takes them from there. So does what is generated from boards, which a test in
 * collector/ makes again.
 */
const TABLES =
  /^(?:meter\/src\/(?:generated\/|attributes\.ts$|instruments\.ts$)|viewer\/src\/calls\/foreign-names\.ts$|cli\/src\/generated\/boards\.ts$)/

/** A comment; or a string literal, of which only the beginning is kept. */
const COMMENT_OR_LITERAL = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g
/** `openai.azure.com` is a host. */
const SPELLS_A_NAME = /^['"`](?:gen_ai\.|ai\.|ai_|openai\.(?!azure\.))/

/** Literals that spell a name of a metric or an attribute, as `file:line: literal`. */
function namesIn(file: string, text: string): string[] {
  return [...text.matchAll(COMMENT_OR_LITERAL)]
    .filter(([literal]) => SPELLS_A_NAME.test(literal))
    .map((match) => `${file}:${text.slice(0, match.index).split('\n').length}: ${match[0]}`)
}

function sourceFiles(): string[] {
  const packages = readdirSync(PACKAGES).filter((name) => existsSync(new URL(`${name}/src/`, PACKAGES)))
  return packages.flatMap((name) => {
    const files = readdirSync(new URL(`${name}/src/`, PACKAGES), { recursive: true, encoding: 'utf8' })
    return files.map((file) => `${name}/src/${file}`).filter((file) => /(?<!\.test)\.ts$/.test(file))
  })
}

test('no package spells the name of a metric or an attribute outside the tables of names', () => {
  const files = sourceFiles()
  expect(files).toContain('meter/src/ledger.ts')
  const found = files
    .filter((file) => !TABLES.test(file))
    .flatMap((file) => namesIn(file, readFileSync(new URL(file, PACKAGES), 'utf8')))
  expect(found, 'use ATTRIBUTE, METRIC, AI_ATTRIBUTE or INSTRUMENTS of @tokenmeter/meter').toEqual([])
})

test('the scan finds names in literals of every kind, and leaves comments and other words alone', () => {
  const source = [
    "const a = 'gen_ai.request.model'",
    'const b = "ai_cost_total" // ai_ok',
    '/** `gen_ai.fine` in a docstring',
    " * 'ai.fine'",
    ' */',
    "const url = 'https://openai.com' + `openai.api.type`",
    "const c = 'azure.ai.openai' + 'aim' + 'openai' + `the ai.cost` + 'openai.azure.com'",
    "attributes['ai.cost'] = 1",
  ].join('\n')
  expect(namesIn('a.ts', source)).toEqual([
    "a.ts:1: 'gen_ai.request.model'",
    'a.ts:2: "ai_cost_total"',
    'a.ts:6: `openai.api.type`',
    "a.ts:8: 'ai.cost'",
  ])
})
