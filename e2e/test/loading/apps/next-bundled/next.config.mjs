export default { turbopack: { root: process.env.PROJECT }, outputFileTracingRoot: process.env.PROJECT }
