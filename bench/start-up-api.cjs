const { trace } = require('@opentelemetry/api')

if (typeof trace !== 'object') throw new Error('@opentelemetry/api did not load')
