import { describe, expect, test } from 'vitest'
import { deploymentOf, destinationOf } from './provider.ts'

class BedrockOpenAI {
  readonly baseURL = 'https://gateway.example.com/v1'
}

describe('the provider', () => {
  test.each([
    ['https://api.openai.com/v1', 'openai'],
    ['https://eu.api.openai.com/v1', 'openai'],
    ['https://mine.openai.azure.com/openai/v1', 'azure.ai.openai'],
    ['https://mine.services.ai.azure.com/openai/v1', 'azure.ai.openai'],
    ['https://mine.cognitiveservices.azure.com/openai', 'azure.ai.openai'],
    ['https://generativelanguage.googleapis.com/v1beta/openai/', 'gcp.gemini'],
    ['https://europe-west1-aiplatform.googleapis.com/v1', 'gcp.vertex_ai'],
    ['https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1', 'aws.bedrock'],
    ['https://bedrock-mantle.us-east-1.api.aws/openai/v1', 'aws.bedrock'],
    ['https://vpce-1.bedrock-runtime.us-east-1.vpce.amazonaws.com/openai/v1', 'aws.bedrock'],
    ['https://my-vllm.us-east-1.elb.amazonaws.com/v1', 'openai'],
    ['https://us-south.ml.cloud.ibm.com/ml/v1', 'ibm.watsonx.ai'],
    ['https://api.anthropic.com/v1', 'anthropic'],
    ['https://api.deepseek.com', 'deepseek'],
    ['https://api.groq.com/openai/v1', 'groq'],
    ['https://api.mistral.ai/v1', 'mistral_ai'],
    ['https://api.perplexity.ai', 'perplexity'],
    ['https://api.x.ai/v1', 'x_ai'],
    ['https://api.cohere.ai/compatibility/v1', 'cohere'],
    ['https://api.cohere.com/compatibility/v1', 'cohere'],
    ['https://api.moonshot.ai/v1', 'moonshot_ai'],
    ['https://api.moonshot.cn/v1', 'moonshot_ai'],
    ['http://localhost:11434/v1', 'openai'],
    ['https://openrouter.ai/api/v1', 'openai'],
    ['https://api.x.ai.example.com/v1', 'openai'],
    ['https://notapi.groq.com.evil.example/v1', 'openai'],
    ['no address', 'openai'],
    [undefined, 'openai'],
  ])('of %s is %s', (baseURL, provider) => {
    expect(destinationOf({ baseURL }).provider).toBe(provider)
  })

  test('of an Azure client is Azure, behind whatever domain', () => {
    const client = { baseURL: 'https://llm.example.com/openai', apiVersion: '2024-10-21' }
    expect(destinationOf(client).provider).toBe('azure.ai.openai')
  })

  test('of a Bedrock client is Bedrock, behind whatever domain', () => {
    expect(destinationOf(new BedrockOpenAI()).provider).toBe('aws.bedrock')
  })
})

describe('the server', () => {
  test.each([
    ['https://api.openai.com/v1', { address: 'api.openai.com', port: 443 }],
    ['http://localhost/v1', { address: 'localhost', port: 80 }],
    ['http://127.0.0.1:8080/v1', { address: '127.0.0.1', port: 8080 }],
  ])('of %s has an address and a port', (baseURL, server) => {
    expect(destinationOf({ baseURL }).server).toEqual(server)
  })

  test('is unknown when the client has no address', () => {
    expect(destinationOf({ baseURL: null })).toEqual({ provider: 'openai' })
  })

  test('is another one when the application changes the address of its client', () => {
    const client = { baseURL: 'https://api.openai.com/v1' }
    destinationOf(client)
    client.baseURL = 'https://api.groq.com/openai/v1'
    expect(destinationOf(client)).toEqual({ provider: 'groq', server: { address: 'api.groq.com', port: 443 } })
  })

  test('is the one that a whole address as path names', () => {
    const client = { baseURL: 'https://api.openai.com/v1' }
    const whole = destinationOf(client, 'https://api.groq.com/openai/v1/chat/completions')
    expect(whole).toEqual({ provider: 'groq', server: { address: 'api.groq.com', port: 443 } })
    expect(destinationOf(client, '/chat/completions').provider).toBe('openai')
  })
})

test.each([
  ['deploymentName', { deploymentName: 'mine' }, 'mine'],
  ['_deployment', { _deployment: 'mine' }, 'mine'],
  ['nothing', {}, undefined],
  ['something else', { deploymentName: 5 }, undefined],
])('the deployment of a client with %s', (_, client, deployment) => {
  expect(deploymentOf(client)).toBe(deployment)
})
