/** Prints the milliseconds that the first price of a process takes. Arguments: the provider and the model. */
import { createPriceBook } from '@tokenmeter/pricing'

const [, , provider, model] = process.argv
const book = createPriceBook()
const start = performance.now()
book.resolve(provider, model, Date.now())
console.log(performance.now() - start)
