/** Writes the data sources and the boards that Grafana reads: `pnpm dashboards`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROVISIONING_FOLDER, provisioningFiles } from './files.ts'

for (const [path, text] of provisioningFiles()) writeFileSync(join(PROVISIONING_FOLDER, path), text)
