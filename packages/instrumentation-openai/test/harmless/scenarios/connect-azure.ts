import type { App } from '../scenario.ts'

/** An Azure client of this scenario's server, from the class the package gives for it. */
export function connectAzure(app: App, AzureOpenAI: App['openai']['AzureOpenAI'], deployment?: string): App['client'] {
  return new AzureOpenAI({
    apiKey: 'azure-key',
    apiVersion: '2024-10-21',
    endpoint: app.url.replace('/v1', ''),
    ...(deployment !== undefined && { deployment }),
  })
}
