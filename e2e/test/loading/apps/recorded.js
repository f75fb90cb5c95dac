import { ask } from './ask.js'

ask(process.env.WIRE).then((lines) => console.log(lines.join('\n')))
