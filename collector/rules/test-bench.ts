import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Program } from './program.ts'
import { nameOf, readRules, type Rule } from './rule-files.ts'
import { readUnitTests, type UnitTest } from './unit-tests.ts'

/** Runs single unit tests on rules of which one may be replaced, with nothing but the rules they depend on. */
export class TestBench implements AsyncDisposable {
  readonly #folder: string
  readonly #promtool: Program
  readonly #tests: readonly UnitTest[] = readUnitTests()
  readonly #rules = readRules()

  private constructor(folder: string, promtool: Program) {
    this.#folder = folder
    this.#promtool = promtool
  }

  static async create(promtool: Program): Promise<TestBench> {
    return new TestBench(await mkdtemp(join(tmpdir(), 'tokenmeter-rules-')), promtool)
  }

  /** @throws {Error} when a unit test fails with the rules as they are: it would notice everything. */
  async verify(): Promise<void> {
    for (const test of this.#tests) {
      const output = await this.#failureOf(test)
      if (output !== undefined) throw new Error(output)
    }
  }

  /**
   * Whether a unit test notices that a rule is replaced by another of the same name.
   *
   * @throws {Error} when the replacement is not a valid rule: nobody learns anything from that.
   */
  async notices(replacement: Rule): Promise<boolean> {
    for (const test of this.#tests) {
      if (!test.rules.has(nameOf(replacement))) continue
      const output = await this.#failureOf(test, replacement)
      if (output === undefined) continue
      if (/could not parse|parse error/.test(output)) throw new Error(output)
      return true
    }
    return false
  }

  async #failureOf({ file, test, rules }: UnitTest, replacement?: Rule): Promise<string | undefined> {
    await this.#write('rules.json', { groups: this.#groups(rules, replacement) })
    await this.#write('test.json', { ...file, rule_files: ['rules.json'], tests: [test] })
    const { succeeded, output } = await this.#promtool('test', 'rules', join(this.#folder, 'test.json'))
    return succeeded ? undefined : output
  }

  #groups(names: ReadonlySet<string>, replacement?: Rule): unknown[] {
    const groups = new Map<string, Rule[]>()
    for (const { rule, group } of this.#rules) {
      if (!names.has(nameOf(rule))) continue
      const rules = groups.get(group) ?? []
      groups.set(group, [...rules, replacement && nameOf(rule) === nameOf(replacement) ? replacement : rule])
    }
    return [...groups].map(([name, rules]) => ({ name, rules }))
  }

  async #write(file: string, content: unknown): Promise<void> {
    await writeFile(join(this.#folder, file), JSON.stringify(content))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }
}
