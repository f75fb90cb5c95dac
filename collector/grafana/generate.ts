/** Writes the data sources and the boards that Grafana reads, and what the doctor knows of them: `pnpm dashboards`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DOCTOR_TABLE, doctorTable } from './doctor-table.ts'
import { PROVISIONING_FOLDER, provisioningFiles } from './files.ts'

for (const [path, text] of provisioningFiles()) writeFileSync(join(PROVISIONING_FOLDER, path), text)
writeFileSync(DOCTOR_TABLE, doctorTable())
