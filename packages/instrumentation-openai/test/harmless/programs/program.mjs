import { runScenarios } from '../run-scenarios.ts'

const name = process.env.OPENAI_PACKAGE

await runScenarios((subpath) => import(subpath === '.' ? name : `${name}/${subpath}`))
