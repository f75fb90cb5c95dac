import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { TestProject } from 'vitest/node'
import { installProject, packPackages, run } from '../../../.ci/user-project.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of a project that has our packages, as they are published, the applications of this folder, and what builds and runs them. */
    readonly project: string
  }
}

const ROOT = resolve(import.meta.dirname, '../../..')

/** Versions in which the tests were written. */
const DEPENDENCIES = {
  '@opentelemetry/api': '1.10.0',
  openai: '7.57.0',
  'openai-v4': 'npm:openai@4.104.0',
  'openai-v5': 'npm:openai@5.23.2',
  'openai-v6': 'npm:openai@6.49.0',
  esbuild: '0.28.2',
  webpack: '5.112.2',
  next: '16.4.6',
  react: '19.3.1',
  'react-dom': '19.3.1',
  typescript: '6.0.3',
  '@types/node': '24.19.2',
  '@types/react': '19.2.0',
  miniflare: '4.20260730.0',
  bun: 'npm:bun@1.4.5',
  deno: 'npm:deno@2.9.6',
}

/** Bun's script puts the program where its package says it is; all others come with theirs. */
const ALLOW_BUILDS = { bun: true, deno: false, esbuild: false, sharp: false, workerd: false }

/** Vitest's global set-up: builds and packs our packages, and installs them with everything that the applications are built and run by. */
export default function installApplications({ provide }: TestProject): () => void {
  const work = mkdtempSync(join(tmpdir(), 'tokenmeter-loading-'))
  run('pnpm', ['exec', 'tsdown', '--logLevel', 'error'], ROOT)
  const project = join(work, 'project')
  installProject(project, packPackages(work), { dependencies: DEPENDENCIES, allowBuilds: ALLOW_BUILDS })
  cpSync(join(import.meta.dirname, 'apps'), project, { recursive: true })
  provide('project', project)
  return () => rmSync(work, { recursive: true, force: true })
}
