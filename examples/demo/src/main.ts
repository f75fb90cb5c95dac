import { run } from './demo.ts'
import { readOptions, USAGE, UsageError } from './options.ts'

try {
  const options = readOptions(process.argv.slice(2), process.env)
  if (options.help) console.log(USAGE)
  else process.exitCode = await run(options)
} catch (error) {
  if (error instanceof UsageError) {
    console.error(`${error.message}\n\n${USAGE}`)
    process.exitCode = 2
  } else {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
