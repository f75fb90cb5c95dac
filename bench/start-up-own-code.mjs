import { installLoadHook, watchOpenAI } from '@tokenmeter/instrumentation-openai/watch'

installLoadHook()
watchOpenAI()
