/** Asks once and prints the answer, and what `/metrics` says it cost. */
export async function answer(client) {
  const messages = [{ role: 'user', content: 'Where is my parcel?' }]
  const { choices } = await client.chat.completions.create({ model: 'gpt-4o-mini', messages })
  return `${choices[0].message.content} ${await cost()}`
}

async function cost() {
  const page = await fetch(`http://127.0.0.1:${process.env.TOKENMETER_METRICS_PORT}/metrics`, { cache: 'no-store' })
  return /^ai_cost_total\{.*\} (.*)$/m.exec(await page.text())?.[1]
}
