import { installLoadHook } from '@tokenmeter/instrumentation-openai/watch'
import './own-sdk.mjs'

installLoadHook()
