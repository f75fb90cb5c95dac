import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** A browser of the machine; from Debian's packages where there is none and we may install it. */
function chromiumPath(): string {
  const given = process.env['CHROMIUM_PATH']
  const found = given ?? PLACES.find((path) => existsSync(path))
  if (found !== undefined) return found
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log('installing chromium')
    const quiet = { stdio: 'ignore' } as const
    spawnSync('apt-get', ['update'], quiet)
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'], quiet)
    const installed = PLACES.find((path) => existsSync(path))
    if (installed !== undefined) return installed
  }
  throw new Error('There is no Chromium here: install it, or name one by CHROMIUM_PATH')
}

/** Starts a browser without a window. */
export async function startBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] })
}
