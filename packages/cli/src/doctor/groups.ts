import { alertmanager } from './alertmanager.ts'
import { application } from './application.ts'
import type { CheckGroup } from './check.ts'
import { clocks } from './clocks.ts'
import { collector } from './collector.ts'
import { environment } from './environment.ts'
import { grafana } from './grafana.ts'
import { jaeger } from './jaeger.ts'
import { prices } from './prices.ts'
import { prometheus } from './prometheus.ts'

/** Every check, in the order in which a person would look. */
export const GROUPS: readonly CheckGroup[] = [
  environment,
  application,
  collector,
  prometheus,
  alertmanager,
  jaeger,
  grafana,
  prices,
  clocks,
]
