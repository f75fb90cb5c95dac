import type { Provider, Server } from '@tokenmeter/meter'
import { isDeploymentProvider, listedProvider } from './providers.ts'
import { GLOBAL_ZONE } from './rate-card.ts'

/** `eu.api.openai.com`: OpenAI processes such requests in that region only, and charges for it (https://developers.openai.com/api/docs/guides/your-data). */
const REGIONAL_HOST = /^([a-z]{2})\.api\.openai\.com$/

/**
 * Where a call is processed. OpenAI's hosts say it; Azure's do not, nor do its answers: there it is what the operator says,
 * and `global`, Azure's commonest deployment type, if nobody does.
 */
export function zoneOf(provider: Provider, server: Server | undefined, azureZone: string | undefined): string {
  if (isDeploymentProvider(provider)) return azureZone ?? GLOBAL_ZONE
  if (listedProvider(provider) !== 'openai' || !server) return GLOBAL_ZONE
  return REGIONAL_HOST.exec(server.address)?.[1] ?? GLOBAL_ZONE
}
