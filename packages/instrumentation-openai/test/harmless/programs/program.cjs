const name = process.env.OPENAI_PACKAGE

const load = (subpath) => require(subpath === '.' ? name : `${name}/${subpath}`)

load('.')
import('../run-scenarios.ts').then(({ runScenarios }) => runScenarios(load))
