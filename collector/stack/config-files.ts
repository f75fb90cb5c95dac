import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { COLLECTOR_FOLDER } from './commands.ts'
import type { Ports } from './ports.ts'

/** Changes the text of a configuration file on its way to a server; tests shorten intervals with it. */
export type ConfigEdit = (file: string, text: string) => string

/** Files that say where things are in the network of docker-compose.yml. */
const ADDRESS_FOLDERS = ['targets', 'alertmanagers', 'applications', 'collected']

/**
 * The files of Prometheus and Alertmanager as they are, but for the paths of the container, beside the addresses of this run:
 * these two have no environment variables in their files.
 */
export async function writeConfigFiles(folder: string, ports: Ports, edit?: ConfigEdit): Promise<void> {
  for (const server of ['prometheus', 'alertmanager']) {
    await rm(join(folder, server), { recursive: true, force: true })
    await cp(join(COLLECTOR_FOLDER, server), join(folder, server), {
      recursive: true,
      filter: (source) => !source.startsWith(join(COLLECTOR_FOLDER, 'prometheus/tests')),
    })
  }
  const prometheus = join(folder, 'prometheus')
  for (const name of ADDRESS_FOLDERS) {
    await rm(join(prometheus, name), { recursive: true, force: true })
    await mkdir(join(prometheus, name))
  }
  const targets = {
    prometheus: ports.prometheus,
    alertmanager: ports.alertmanager,
    'otel-collector': ports.collectorMetrics,
    jaeger: ports.jaegerMetrics,
  }
  const groups = Object.entries(targets).map(([job, port]) => ({ targets: [`127.0.0.1:${port}`], labels: { job } }))
  await writeFile(join(prometheus, 'targets/loopback.yml'), JSON.stringify(groups))
  await writeFile(
    join(prometheus, 'alertmanagers/loopback.yml'),
    JSON.stringify([{ targets: [`127.0.0.1:${ports.alertmanager}`] }]),
  )
  await editFiles(folder, (file, text) => {
    const here = text.replaceAll('/etc/alertmanager/', `${join(folder, 'alertmanager')}/`)
    return edit?.(file, here) ?? here
  })
}

async function editFiles(folder: string, edit: ConfigEdit): Promise<void> {
  for (const file of await readdir(folder, { recursive: true })) {
    if (!/^(?:prometheus|alertmanager)\/.*\.yml$/.test(file)) continue
    const text = await readFile(join(folder, file), 'utf8')
    const edited = edit(file, text)
    if (edited !== text) await writeFile(join(folder, file), edited)
  }
}
