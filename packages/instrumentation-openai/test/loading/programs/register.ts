import { installLoadHook, watchOpenAI } from '../../../src/watch.ts'

/* Loaded before a program by `--import` or `--require`: watches every openai client, and prints the models that were asked at exit. */
const models: unknown[] = []
installLoadHook()
watchOpenAI({ onCall: ({ request }) => models.push(request.model) })
process.on('exit', () => console.log(models.join(' ')))
