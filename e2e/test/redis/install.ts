import { spawnSync } from 'node:child_process'

/**
 * Vitest's global set-up: there is a Redis server. On Debian and its likes root installs the package; elsewhere, or without the right, one line says what
 * to do.
 */
export default function installRedis(): void {
  if (succeeds('redis-server', '--version')) return
  const isRoot = process.getuid?.() === 0
  const options = ['-y', '--no-install-recommends', '-o', 'Dpkg::Use-Pty=0']
  if (isRoot && succeeds('apt-get', 'update') && succeeds('apt-get', 'install', ...options, 'redis-server')) return
  throw new Error(
    'The tests of the Redis store need redis-server: install the package redis-server, or run as root where there is apt-get.',
  )
}

function succeeds(command: string, ...args: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync(command, args, { env, stdio: 'ignore' }).status === 0
}
