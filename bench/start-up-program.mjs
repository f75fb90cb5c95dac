import OpenAI from 'openai'

if (typeof OpenAI !== 'function') throw new Error('openai did not load')
