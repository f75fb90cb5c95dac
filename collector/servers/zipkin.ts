import { execFile } from 'node:child_process'
import { access, mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { cacheFolder, createWorkFolder } from './cache.ts'

/** The image in `docker-compose.yml` is of the same version. */
const VERSION = '3.6.1'
const JAR = `zipkin-server-${VERSION}-exec.jar`
const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy'

/**
 * The jar of Zipkin, which Maven fetches from its central repository if the cache does not have it: 135 MB.
 *
 * @throws {Error} when there is no Java 17 or newer to run it, no Maven to fetch it, or when fetching fails.
 */
export async function findZipkin(): Promise<string> {
  await requireCommand('java', 'Zipkin runs on Java 17 or newer')
  const folder = join(cacheFolder(), `zipkin-${VERSION}`)
  const jar = join(folder, JAR)
  if (await exists(jar)) return jar

  await requireCommand('mvn', 'Zipkin is fetched with Maven')
  await using work = await createWorkFolder()
  const artifact = `-Dartifact=io.zipkin:zipkin-server:${VERSION}:jar:exec`
  await promisify(execFile)('mvn', ['-q', '-B', PLUGIN, artifact, `-DoutputDirectory=${work.path}`])
  await mkdir(folder, { recursive: true })
  await rename(join(work.path, JAR), jar)
  return jar
}

async function requireCommand(command: string, reason: string): Promise<void> {
  try {
    await promisify(execFile)(command, ['-version'])
  } catch (error) {
    throw new Error(`${reason}, and there is no \`${command}\` command that works on the PATH.`, { cause: error })
  }
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}
