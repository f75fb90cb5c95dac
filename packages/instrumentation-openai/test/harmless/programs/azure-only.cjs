const { AzureOpenAI } = require(`${process.env.OPENAI_PACKAGE}/azure`)

import('./ask-azure.mjs').then(({ askAzure }) => askAzure(AzureOpenAI))
