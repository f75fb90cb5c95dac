import { instrument } from '@tokenmeter/instrumentation-openai'
import OpenAI from 'openai'
import { answer } from './answer.js'

answer(instrument(new OpenAI())).then((line) => console.log(line))
