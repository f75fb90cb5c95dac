await fetch(new URL('/v1/chat/completions', process.env.OPENAI_BASE_URL), { method: 'POST', body: '{}' })
console.log('done')
