import { AzureOpenAI, OpenAI } from 'openai'

/** Configured by `OPENAI_API_KEY` and, for another server, `OPENAI_BASE_URL`. */
export const openai: OpenAI = new OpenAI()

/**
 * Configured by `AZURE_OPENAI_ENDPOINT`, `AZURE_OPENAI_API_KEY` and `OPENAI_API_VERSION`;
 * `undefined` when this desk serves no regulated customers.
 */
export const azure: AzureOpenAI | undefined = process.env['AZURE_OPENAI_ENDPOINT']
  ? // Without this the client would take OPENAI_BASE_URL, which belongs to the other client.
    new AzureOpenAI({ baseURL: null })
  : undefined
