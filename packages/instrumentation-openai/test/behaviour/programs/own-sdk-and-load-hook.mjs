import { installLoadHook } from '@tokenmeter/instrumentation-openai/watch'

installLoadHook()
await import('./own-sdk.mjs')
