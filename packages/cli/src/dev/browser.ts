import { spawn } from 'node:child_process'

const OPENERS: Readonly<Record<string, readonly string[]>> = {
  darwin: ['open'],
  // The first text in quotes would be the title of a window.
  win32: ['cmd', '/c', 'start', '""'],
}

type Env = Readonly<Record<string, string | undefined>>

/** Whether there is a person with a screen: a terminal, no machine that builds, and a display. */
export function hasBrowser(isTTY: boolean, platform: NodeJS.Platform, env: Env): boolean {
  if (!isTTY || env['CI']) return false
  return Object.hasOwn(OPENERS, platform) || Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY'])
}

/** Shows a page in the browser of this person. Where that does not work, nothing happens: the address has been printed. */
export function openBrowser(url: string): void {
  const [command = '', ...args] = OPENERS[process.platform] ?? ['xdg-open']
  const opener = spawn(command, [...args, url], { stdio: 'ignore', detached: true })
  opener.once('error', () => undefined)
  opener.unref()
}
