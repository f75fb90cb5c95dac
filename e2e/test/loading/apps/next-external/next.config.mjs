export default {
  serverExternalPackages: process.env.EXTERNAL?.split(','),
  turbopack: { root: process.env.PROJECT },
  outputFileTracingRoot: process.env.PROJECT,
}
