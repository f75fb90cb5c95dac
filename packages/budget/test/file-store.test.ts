import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { threadId } from 'node:worker_threads'
import { type BudgetStore, fileStore } from '@tokenmeter/budget'
import { expect, test } from 'vitest'
import { temporaryFolder } from './support/folder.ts'
import { listenToDiag } from './support/said.ts'

const EMPTY = '{"version":1,"from":0,"slices":[],"holds":[],"crossings":[],"writers":[]}'
const OTHER = EMPTY.replace('"from":0', '"from":1')

const read = (store: BudgetStore, key: string): Promise<string | undefined> =>
  store.update(key, (present) => ({ text: present ?? EMPTY, result: present }))

test('what one store keeps another one of the same folder reads, each key for itself', async () => {
  await using folder = await temporaryFolder()
  const store = fileStore(join(folder.path, 'made', 'when needed'))
  await store.update('team', () => ({ text: OTHER, result: undefined }))
  const again = fileStore(join(folder.path, 'made', 'when needed'))
  expect(await read(again, 'team')).toBe(OTHER)
  expect(await read(again, 'team/../acme')).toBeUndefined()
  const names = await readdir(join(folder.path, 'made', 'when needed'))
  expect(names.toSorted()).toEqual([
    expect.stringMatching(/^team-[0-9a-f]{12}\.json$/),
    expect.stringMatching(/^team_\.\._acme-[0-9a-f]{12}\.json$/),
  ])
})

test('processes that write at the same time lose nothing of each other, and leave nothing behind', async () => {
  await using folder = await temporaryFolder()
  const program = fileURLToPath(new URL('programs/spend.mjs', import.meta.url))
  const runs = Array.from({ length: 4 }, async () => {
    const child = spawn(process.execPath, ['--conditions=source', program, folder.path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [output] = await Promise.all([text(child.stdout), once(child, 'exit')])
    return output
  })
  const told = (await Promise.all(runs)).join('').trim().split('\n')
  // 4 times 25 calls of 0.01 USD.
  expect(told.toSorted()).toEqual(['100 % at 1', '50 % at 0.5', '80 % at 0.8'].toSorted())
  const names = await readdir(folder.path)
  expect(names).toHaveLength(1)
  const state = JSON.parse(await readFile(join(folder.path, names[0] ?? ''), 'utf8'))
  expect(state.slices.map(([, picoUsd]: readonly unknown[]) => picoUsd)).toEqual(['1000000000000'])
})

test('a file that cannot be read is put aside and told, and the account starts anew', async () => {
  await using folder = await temporaryFolder()
  using said = listenToDiag()
  const store = fileStore(folder.path)
  await read(store, 'team')
  const [name = ''] = await readdir(folder.path)
  await writeFile(join(folder.path, name), '{"version":1,"fr')
  expect(await read(store, 'team')).toBeUndefined()
  expect(await readFile(join(folder.path, `${name}.broken`), 'utf8')).toBe('{"version":1,"fr')
  expect(said.lines).toEqual([expect.stringMatching(/cannot be read; it was renamed to ….broken and starts anew$/)])
})

test('a lock of a process that died is removed; so is one that is a minute old, wherever it is from', async () => {
  await using folder = await temporaryFolder()
  const store = fileStore(folder.path)
  await read(store, 'team')
  const [name = ''] = await readdir(folder.path)
  const lock = join(folder.path, `${name}.lock`)
  const dead = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await once(dead, 'exit')
  await writeFile(lock, `${hostname()} ${dead.pid} 0 x`)
  expect(await read(store, 'team')).toBe(EMPTY)
  await writeFile(lock, `${hostname()} ${process.pid} ${threadId} of-the-container-before`)
  expect(await read(store, 'team')).toBe(EMPTY)
  await writeFile(lock, 'another-machine 1 0 x')
  const minuteAgo = Date.now() / 1000 - 61
  await utimes(lock, minuteAgo, minuteAgo)
  expect(await read(store, 'team')).toBe(EMPTY)
  expect(await readdir(folder.path)).toEqual([name])
})

test('accounts that nobody has touched for two months are removed', async () => {
  await using folder = await temporaryFolder()
  await read(fileStore(folder.path), 'old')
  const [name = ''] = await readdir(folder.path)
  const longAgo = Date.now() / 1000 - 63 * 86_400
  await utimes(join(folder.path, name), longAgo, longAgo)
  await read(fileStore(folder.path), 'new')
  expect(await readdir(folder.path)).toEqual([expect.stringMatching(/^new-/)])
})

test('a folder that cannot be made is a failure of the update, until it can', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'file')
  await writeFile(path, '')
  const store = fileStore(join(path, 'below'))
  await expect(read(store, 'team')).rejects.toThrow('ENOTDIR')
  await using other = await temporaryFolder()
  await mkdir(join(other.path, 'there'))
  expect(await read(fileStore(join(other.path, 'there')), 'team')).toBeUndefined()
})
