import OpenAI from 'openai'
import { answer } from './answer.js'

answer(new OpenAI()).then((line) => console.log(line))
