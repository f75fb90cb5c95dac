import('./ask-each.mjs').then(({ askEach }) => askEach(require))
