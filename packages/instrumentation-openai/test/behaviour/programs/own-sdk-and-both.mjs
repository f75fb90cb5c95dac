import { register } from 'node:module'
import { installLoadHook } from '@tokenmeter/instrumentation-openai/watch'

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url)
installLoadHook()
await import('./own-sdk.mjs')
