import { readFileSync } from 'node:fs'

/** Where a secret is: so that it is in no code and no file of settings. */
export type SecretSource = { readonly env: string } | { readonly file: string }

/**
 * Reads a secret; white space at its end, as files have it, is left out. Errors name the place and never the secret.
 *
 * @throws Error when there is none.
 */
export function readSecret(field: string, source: string | SecretSource): string {
  if (typeof source === 'string') return source
  const secret = 'env' in source ? process.env[source.env] : readSecretFile(field, source.file)
  if (secret?.trim()) return secret.trim()
  const place = 'env' in source ? `the variable ${source.env} is` : `the file ${source.file} is`
  throw new Error(`${field}: ${place} empty or missing`)
}

function readSecretFile(field: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Error(`${field}: the file ${path} cannot be read (${String((error as NodeJS.ErrnoException).code)})`, {
      cause: error,
    })
  }
}
