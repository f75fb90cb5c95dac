const OpenAI = require('openai')

import('./answer.js').then(({ answer }) => answer(new OpenAI())).then((line) => console.log(line))
