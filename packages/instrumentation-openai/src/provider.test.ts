import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { destinationOf } from './provider.ts'
import { readProviderNames } from './provider-names.ts'

describe('the provider', () => {
  test.each([
    ['https://api.openai.com/v1', 'openai'],
    ['https://eu.api.openai.com/v1', 'openai'],
    ['https://API.OpenAI.com./v1', 'openai'],
    ['https://mine.openai.azure.com/openai/v1', 'azure.ai.openai'],
    ['https://MINE.OpenAI.Azure.com:443/openai/v1', 'azure.ai.openai'],
    ['https://mine.services.ai.azure.com/openai/v1', 'azure.ai.openai'],
    ['https://mine.cognitiveservices.azure.com/openai', 'azure.ai.openai'],
    ['https://mine.openai.azure.us/openai/v1', 'azure.ai.openai'],
    ['https://mine.services.ai.azure.us/openai/v1', 'azure.ai.openai'],
    ['https://mine.cognitiveservices.azure.us/openai/v1', 'azure.ai.openai'],
    ['https://mine.openai.azure.cn/openai/v1', 'azure.ai.openai'],
    ['https://mine.services.ai.azure.cn/openai/v1', 'azure.ai.openai'],
    ['https://mine.cognitiveservices.azure.cn/openai/v1', 'azure.ai.openai'],
    ['https://generativelanguage.googleapis.com/v1beta/openai/', 'gcp.gemini'],
    ['https://europe-west1-aiplatform.googleapis.com/v1', 'gcp.vertex_ai'],
    ['https://aiplatform.googleapis.com/v1', 'gcp.vertex_ai'],
    ['https://aiplatform.eu.rep.googleapis.com/v1', 'gcp.vertex_ai'],
    ['https://storage.googleapis.com/v1', 'openai'],
    ['https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1', 'aws.bedrock'],
    ['https://bedrock-mantle.us-east-1.api.aws/openai/v1', 'aws.bedrock'],
    ['https://vpce-1.bedrock-runtime.us-east-1.vpce.amazonaws.com/openai/v1', 'aws.bedrock'],
    ['https://my-vllm.us-east-1.elb.amazonaws.com/v1', 'openai'],
    ['https://us-south.ml.cloud.ibm.com/ml/v1', 'ibm.watsonx.ai'],
    ['https://api.anthropic.com/v1', 'anthropic'],
    ['https://api.deepseek.com', 'deepseek'],
    ['https://api.groq.com/openai/v1', 'groq'],
    ['https://api.mistral.ai/v1', 'mistral_ai'],
    ['https://codestral.mistral.ai/v1', 'mistral_ai'],
    ['https://api.perplexity.ai', 'perplexity'],
    ['https://api.x.ai/v1', 'x_ai'],
    ['https://us-east-1.api.x.ai/v1', 'x_ai'],
    ['https://api.cohere.ai/compatibility/v1', 'cohere'],
    ['https://api.cohere.com/compatibility/v1', 'cohere'],
    ['https://api.moonshot.ai/v1', 'moonshot_ai'],
    ['https://api.moonshot.cn/v1', 'moonshot_ai'],
    ['https://openrouter.ai/api/v1', 'openrouter'],
    ['https://eu.openrouter.ai/api/v1', 'openrouter'],
    ['https://api.together.xyz/v1', 'together'],
    ['https://api.together.ai/v1', 'together'],
    ['https://api.fireworks.ai/inference/v1', 'fireworks'],
    ['https://api.cerebras.ai/v1', 'cerebras'],
    ['https://dashscope.aliyuncs.com/compatible-mode/v1', 'dashscope'],
    ['https://dashscope-intl.aliyuncs.com/compatible-mode/v1', 'dashscope'],
    ['https://dashscope-us.aliyuncs.com/compatible-mode/v1', 'dashscope'],
    ['https://api.sambanova.ai/v1', 'sambanova'],
    ['https://integrate.api.nvidia.com/v1', 'nvidia'],
    ['https://router.huggingface.co/v1', 'huggingface'],
    ['https://a1.us-east-1.aws.endpoints.huggingface.cloud/v1', 'huggingface'],
    ['https://models.github.ai/inference', 'github_models'],
    ['https://models.inference.ai.azure.com', 'github_models'],
    ['https://ai-gateway.vercel.sh/v1', 'vercel_ai_gateway'],
    ['https://gateway.ai.cloudflare.com/v1/account/gateway/compat', 'cloudflare_ai_gateway'],
    ['https://gateway.ai.cloudflare.com/v1/account/gateway/openai', 'openai'],
    ['https://gateway.ai.cloudflare.com/v1/account/gateway/groq', 'groq'],
    ['https://gateway.ai.cloudflare.com/v1/account/gateway/azure-openai/resource/mine', 'azure.ai.openai'],
    ['https://gateway.ai.cloudflare.com', 'cloudflare_ai_gateway'],
    ['https://api.cloudflare.com/client/v4/accounts/account/ai/v1', 'cloudflare'],
    ['https://inference.do-ai.run/v1', 'digitalocean'],
    ['https://a1.agents.do-ai.run/api/v1', 'digitalocean'],
    ['https://api.novita.ai/openai', 'novita'],
    ['https://api.deepinfra.com/v1/openai', 'deepinfra'],
    ['https://api.tokenfactory.nebius.com/v1', 'nebius'],
    ['https://api.studio.nebius.com/v1', 'nebius'],
    ['https://api.studio.nebius.ai/v1', 'nebius'],
    ['https://api.scaleway.ai/v1', 'scaleway'],
    ['https://a1.ifr.fr-par.scaleway.com/v1', 'scaleway'],
    ['https://oai.endpoints.kepler.ai.cloud.ovh.net/v1', 'ovhcloud'],
    ['https://api.z.ai/api/paas/v4', 'zai'],
    ['https://ollama.com/v1', 'ollama'],
  ])('of %s is %s', (baseURL, provider) => {
    expect(destinationOf({ baseURL }).provider).toBe(provider)
  })

  test.each([
    'http://localhost:11434/v1',
    'http://127.0.0.1:1234/v1',
    'http://localhost:8080/v1',
    'http://[::1]:8000/v1',
    'http://vllm:8000/v1',
  ])('of %s is openai, whose language it speaks: a port proves nothing', (baseURL) => {
    expect(destinationOf({ baseURL }).provider).toBe('openai')
  })

  test.each([
    'https://api.x.ai.example.com/v1',
    'https://api.groq.com.evil.example/v1',
    'https://notapi.groq.com/v1',
    'https://notopenrouter.ai/v1',
    'https://openai.azure.com.evil.example/v1',
    'https://api.groq.com@llm.example.com/v1',
    'https://llm.example.com/api.groq.com/v1',
    'https://llm.example.com/v1?host=api.groq.com#api.groq.com',
    'https://evil-aiplatform.googleapis.com.example.com/v1',
  ])('of %s, which only looks like another, is openai', (baseURL) => {
    expect(destinationOf({ baseURL }).provider).toBe('openai')
  })

  test.each([
    ['an Azure client', { apiVersion: '2024-10-21' }, 'azure.ai.openai'],
    ["Bedrock's client", { bedrockTokenProvider: undefined }, 'aws.bedrock'],
    ['a client with the provider Bedrock', { _provider: { name: 'bedrock' } }, 'aws.bedrock'],
    ['a client with the provider Vertex', { _provider: { name: 'vertex' } }, 'gcp.vertex_ai'],
    ['a client with a provider we do not know', { _provider: { name: 'another' } }, 'openai'],
    ['a client without a provider', { _provider: undefined }, 'openai'],
  ])('of %s is told by the client, behind whatever domain', (_, members, provider) => {
    expect(destinationOf({ baseURL: 'https://llm.example.com/v1', ...members }).provider).toBe(provider)
  })

  test.each([null, undefined, 5, {}, '', 'no address', 'unix:', 'http://'])(
    'of a client with the address %j is openai',
    (baseURL) => {
      expect(destinationOf({ baseURL })).toEqual({ provider: 'openai', hasDeployments: false })
    },
  )

  test('never throws, and never tells more of an address than host and port', () => {
    const scheme = fc.constantFrom('http:', 'https:', 'HTTPS:', 'ws:', 'file:', '')
    const host = fc.oneof(
      fc.domain(),
      fc.ipV4(),
      fc.ipV6().map((address) => `[${address}]`),
      fc.constantFrom('bücher.example', 'api.openai.com.', 'API.GROQ.COM', 'a..b', '..', '[', '%', 'x'.repeat(300)),
      fc.string({ unit: 'binary' }),
    )
    const address = fc
      .tuple(
        scheme,
        fc.constantFrom('', 'me:secret@'),
        host,
        fc.constantFrom('', ':0', ':8080', ':99999', ':x'),
        fc.webPath(),
      )
      .map(([protocol, user, name, port, path]) => `${protocol}//${user}${name}${port}${path}`)
    fc.assert(
      fc.property(fc.oneof(address, fc.anything()), (baseURL) => {
        const { provider, server } = destinationOf({ baseURL })
        expect(provider).toMatch(/^[a-z_.]+$/)
        if (!server) return
        expect(server.address).not.toMatch(/secret|[@/?#[\]]|[^.]\.$/)
        expect(server.address).toBe(server.address.toLowerCase())
        expect(server.port).toSatisfy((port: number) => Number.isInteger(port) && port >= 0 && port <= 65_535)
      }),
    )
  })
})

describe('the server', () => {
  test.each([
    ['https://api.openai.com/v1', { address: 'api.openai.com', port: 443 }],
    ['https://API.OpenAI.com./v1', { address: 'api.openai.com', port: 443 }],
    ['https://me:secret@api.openai.com/v1', { address: 'api.openai.com', port: 443 }],
    ['https://bücher.example/v1', { address: 'xn--bcher-kva.example', port: 443 }],
    ['http://localhost/v1', { address: 'localhost', port: 80 }],
    ['http://127.0.0.1:8080/v1', { address: '127.0.0.1', port: 8080 }],
    ['ws://127.0.0.1/v1', { address: '127.0.0.1', port: 80 }],
    ['wss://api.openai.com/v1', { address: 'api.openai.com', port: 443 }],
    ['http://[::1]:8080/v1', { address: '::1', port: 8080 }],
    ['http://[2001:DB8::0:1]/v1', { address: '2001:db8::1', port: 80 }],
  ])('of %s has an address and a port', (baseURL, server) => {
    expect(destinationOf({ baseURL }).server).toEqual(server)
  })

  test('is another one when the application changes the address of its client', () => {
    const client = { baseURL: 'https://api.openai.com/v1' }
    destinationOf(client)
    client.baseURL = 'https://api.groq.com/openai/v1'
    expect(destinationOf(client)).toMatchObject({ provider: 'groq', server: { address: 'api.groq.com', port: 443 } })
  })

  test('is the one that a whole address as path names', () => {
    const client = { baseURL: 'https://api.openai.com/v1' }
    const whole = destinationOf(client, 'https://api.groq.com/openai/v1/chat/completions')
    expect(whole).toMatchObject({ provider: 'groq', server: { address: 'api.groq.com', port: 443 } })
    expect(destinationOf(client, '/chat/completions').provider).toBe('openai')
  })

  test('is not looked up anew for every call', () => {
    const client = { baseURL: 'https://api.openai.com/v1' }
    expect(destinationOf(client, '/chat/completions')).toBe(destinationOf(client, '/embeddings'))
  })
})

describe('a provider that the operator names', () => {
  const names = readProviderNames({
    'llm.internal:8080': 'vllm',
    'llm.internal': 'ollama',
    'azure.internal': 'azure.ai.openai',
  })

  test.each([
    ['http://llm.internal:8080/v1', 'vllm'],
    ['http://LLM.internal.:8080/v1', 'vllm'],
    ['http://llm.internal:9090/v1', 'ollama'],
    ['https://llm.internal/v1', 'ollama'],
    ['https://sub.llm.internal/v1', 'openai'],
    ['https://azure.internal/openai/v1', 'azure.ai.openai'],
  ])('holds for %s: %s', (baseURL, provider) => {
    expect(destinationOf({ baseURL }, undefined, names).provider).toBe(provider)
  })

  test('is stronger than the class of the client, which asks deployments all the same', () => {
    const client = { baseURL: 'http://llm.internal/openai', apiVersion: '2024-10-21' }
    expect(destinationOf(client, undefined, names)).toMatchObject({ provider: 'ollama', hasDeployments: true })
  })

  test('is stronger than a host that we know', () => {
    const mine = readProviderNames({ 'api.groq.com': 'my-gateway' })
    expect(destinationOf({ baseURL: 'https://api.groq.com/v1' }, undefined, mine).provider).toBe('my-gateway')
  })

  test('may be the one who asks deployments', () => {
    const client = { baseURL: 'https://azure.internal/openai/v1' }
    expect(destinationOf(client, undefined, names).hasDeployments).toBe(true)
    expect(destinationOf(client).hasDeployments).toBe(false)
  })
})
