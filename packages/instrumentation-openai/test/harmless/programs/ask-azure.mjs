/** Asks the program's server once, through a class that came without the rest of the package. */
export async function askAzure(AzureOpenAI) {
  const [port] = Object.values(JSON.parse(process.env.HARMLESS_PORTS))
  const client = new AzureOpenAI({
    apiKey: 'azure-key',
    apiVersion: '2024-10-21',
    endpoint: `http://127.0.0.1:${port}`,
  })
  console.log(await client.chat.completions.create({ model: 'mine', messages: [{ role: 'user', content: 'Hi' }] }))
}
