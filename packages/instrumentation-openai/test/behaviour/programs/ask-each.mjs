/** Asks once by each of the modules that `MODULES` names: packages of openai, or their modules for Azure. */
export async function askEach(load) {
  for (const name of process.env.MODULES.split(' ')) {
    const { OpenAI, AzureOpenAI } = await load(name)
    const client = OpenAI
      ? new OpenAI({ apiKey: 'sk-test', baseURL: process.env.WIRE_URL })
      : new AzureOpenAI({ apiKey: 'azure-key', apiVersion: '2024-10-21', endpoint: process.env.WIRE_URL })
    await client.chat.completions.create({ model: `gpt of ${name}`, messages: [{ role: 'user', content: 'Hi' }] })
  }
}
