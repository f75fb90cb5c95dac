import { Readable, Writable } from 'node:stream'
import { runCli } from '../../src/cli.ts'

/** What a command line came to. */
export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command line in this process. Without `stdin` a person sits at the keyboard. */
export async function cli(args: readonly string[], stdin?: string | Uint8Array): Promise<Ran> {
  const output = { stdout: '', stderr: '' }
  const keep = (name: keyof typeof output): Writable =>
    new Writable({
      write(chunk: Buffer, _, done) {
        output[name] += chunk.toString()
        done()
      },
    })
  const input = Object.assign(Readable.from(stdin === undefined ? [] : [Buffer.from(stdin)]), {
    isTTY: stdin === undefined,
  })
  const code = await runCli(args, { stdin: input, stdout: keep('stdout'), stderr: keep('stderr') })
  return { code, ...output }
}
