import { register } from './registration.ts'

register()
