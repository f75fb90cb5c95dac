import { askEach } from './ask-each.mjs'

await askEach((name) => import(name))
