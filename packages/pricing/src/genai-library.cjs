/**
 * A file of its own, and CommonJS, because only here a `require` is lazy, synchronous, and understood by every bundler: the list goes into the
 * bundle, and is read when the first call asks for a price.
 */
exports.requireLibrary = () => require('@pydantic/genai-prices')
