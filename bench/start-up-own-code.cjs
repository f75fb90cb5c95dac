// As `@tokenmeter/node/register`, which is CommonJS, loads it.
const { installLoadHook, watchOpenAI } = require('@tokenmeter/instrumentation-openai/watch')

installLoadHook()
watchOpenAI()
