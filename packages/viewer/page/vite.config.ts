import { gzipSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'

/** Bytes that the page may have on its way, packed by gzip. */
const MOST_BYTES = 60_000

/** Fails the build when the page has become too large. */
function sizeCheck(): Plugin {
  return {
    name: 'size-check',
    generateBundle(_, bundle) {
      const sizes = Object.values(bundle).map(
        (file) => gzipSync(file.type === 'chunk' ? file.code : file.source).length,
      )
      const total = sizes.reduce((sum, size) => sum + size, 0)
      if (total > MOST_BYTES) this.error(`The page has ${total} bytes packed by gzip; it may have ${MOST_BYTES}`)
    },
  }
}

/** Builds the page into the package: plain files, nothing inline, so that a strict policy holds. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [sizeCheck()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  resolve: { conditions: ['source', 'browser', 'import'] },
  build: {
    outDir: '../dist/page',
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        entryFileNames: 'page.js',
        assetFileNames: 'page[extname]',
        codeSplitting: false,
      },
    },
  },
})
