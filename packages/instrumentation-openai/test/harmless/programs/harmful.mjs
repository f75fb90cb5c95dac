/* Does to the openai client what a careless instrumentation would: the comparison must notice each of these. */
const { OpenAI } = await import(process.env.OPENAI_PACKAGE)
const { makeRequest, fetchWithTimeout } = OpenAI.prototype

const HARMS = {
  'the body read twice': () => {
    OpenAI.prototype.makeRequest = async function (...all) {
      const answer = await makeRequest.apply(this, all)
      await answer.response.clone().text()
      return answer
    }
  },
  'a changed header': () => {
    const { buildRequest } = OpenAI.prototype
    OpenAI.prototype.buildRequest = async function (...all) {
      const built = await buildRequest.apply(this, all)
      built.req.headers.set('traceparent', '00-1-1-01')
      return built
    }
  },
  'a changed error': () => {
    OpenAI.prototype.makeRequest = async function (...all) {
      return makeRequest.apply(this, all).catch((error) => {
        throw Object.assign(error, { watched: true })
      })
    }
  },
  'a rejection nobody handles': () => {
    OpenAI.prototype.makeRequest = function (...all) {
      const answer = makeRequest.apply(this, all)
      void answer.then(() => {})
      return answer
    }
  },
  'a warning': () => {
    OpenAI.prototype.fetchWithTimeout = function (...all) {
      process.emitWarning('watched')
      return fetchWithTimeout.apply(this, all)
    }
  },
  'a handle left open': () => {
    process.on('exit', () => setTimeout(() => {}, 1000))
  },
}

HARMS[process.env.HARMLESS_HARM]()
