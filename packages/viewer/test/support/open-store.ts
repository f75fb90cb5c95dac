import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Store, type StoreOptions } from '../../src/store/store.ts'

/** A store that is closed at the end of a test. */
export async function openStore(options: StoreOptions = {}): Promise<Store & AsyncDisposable> {
  const store = await Store.open(options)
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.close() })
}

/** A folder that is gone at the end of a test. */
export function temporaryFolder(): Disposable & { readonly path: (name: string) => string } {
  const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-viewer-'))
  return {
    path: (name) => join(folder, name),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}
