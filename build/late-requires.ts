/** `let _tokenmeter_meter = require("@tokenmeter/meter");`, as the bundler writes what a file imports: one of our packages, or another file of its own. */
const OURS = /^(?:let|const) ([\w$]+) = require\(("(?:@tokenmeter\/|\.\/)[^"]+")\);\n/gm

/**
 * In CommonJS, other files of ours are loaded when one of their names is used for the first time, and not when the file that imports them is: a process that
 * starts waits for what it needs then, and no more. Bundlers find these `require` as they find any other. Nothing of ours does anything when it is
 * loaded, but for `register`, so that nobody can tell when it was.
 */
export const lateRequires = {
  name: 'late-requires',
  renderChunk(code: string, _chunk: unknown, { format }: { readonly format?: string }): { code: string } | undefined {
    if (format !== 'cjs') return undefined
    const names: string[] = []
    const declared = code.replace(OURS, (line, name: string, path: string) => {
      // As a whole it is used where it is made into a namespace.
      if (new RegExp(`(?<![\\w$])${escaped(name)}(?![\\w$.])`).test(code.replace(line, ''))) return line
      names.push(name)
      return `let ${name}$1;\nconst ${name} = { get $() { return ${name}$1 ??= require(${path}); } };\n`
    })
    return { code: names.reduce(readLate, declared) }
  },
}

const escaped = (name: string): string => name.replaceAll('$', String.raw`\$`)

/** Names that are handed on stay late. */
function readLate(code: string, name: string): string {
  const handedOn = new RegExp(`^exports\\.([\\w$]+) = (${escaped(name)}\\.[\\w$]+);$`, 'gm')
  return code
    .replace(handedOn, 'Object.defineProperty(exports, "$1", { enumerable: true, get: () => $2 });')
    .replace(new RegExp(`(?<![\\w$])${escaped(name)}\\.`, 'g'), () => `${name}.$.`)
}
