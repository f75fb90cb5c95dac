import { register } from '@tokenmeter/node'

register()
