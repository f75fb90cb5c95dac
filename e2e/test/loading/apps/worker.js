import { ask } from './ask.js'

export default {
  async fetch(request, { WIRE }) {
    return new Response((await ask(WIRE)).join('\n'))
  },
}
