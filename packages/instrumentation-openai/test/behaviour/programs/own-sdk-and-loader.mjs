import { register } from 'node:module'
import './own-sdk.mjs'

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url)
