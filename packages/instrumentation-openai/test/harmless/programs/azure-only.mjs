import { askAzure } from './ask-azure.mjs'

const { AzureOpenAI } = await import(`${process.env.OPENAI_PACKAGE}/azure`)
await askAzure(AzureOpenAI)
