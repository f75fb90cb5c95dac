import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Builds the page that the browser is shown. */
export default function build(): void {
  const cwd = fileURLToPath(new URL('../../../', import.meta.url))
  execFileSync('pnpm', ['--filter', '@tokenmeter/viewer', 'build'], { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
}
