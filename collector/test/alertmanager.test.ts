import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { readRules } from '../rules/rule-files.ts'

interface Receiver {
  readonly name: string
}
interface AlertmanagerConfig {
  readonly route: unknown
  readonly inhibit_rules: unknown
  readonly receivers: readonly Receiver[]
}

function readConfig(file: string): AlertmanagerConfig {
  return parse(readFileSync(new URL(`../alertmanager/${file}`, import.meta.url), 'utf8')) as AlertmanagerConfig
}

const quiet = readConfig('alertmanager.yml')
const notify = readConfig('notify.yml')

test('with and without notifiers the routes are the same', () => {
  expect(notify.route).toEqual(quiet.route)
  expect(notify.inhibit_rules).toEqual(quiet.inhibit_rules)
  expect(notify.receivers.map(({ name }) => name)).toEqual(quiet.receivers.map(({ name }) => name))
})

test('by default nothing leaves the machine', () => {
  expect(quiet.receivers.filter((receiver) => Object.keys(receiver).length > 1)).toEqual([])
})

test('every secret is in a file of its own', () => {
  const text = JSON.stringify(notify)
  expect(text).not.toMatch(/"(?:api_url|url|auth_password|smtp_auth_password|slack_api_url|routing_key|password)":/)
  expect(text.match(/secrets\/[\w-]+/g)?.toSorted()).toEqual([
    'secrets/page-webhook',
    'secrets/slack-url',
    'secrets/smtp-password',
  ])
})

test('every alert that a route names exists', () => {
  const names = new Set(readRules().flatMap(({ rule }) => rule.alert ?? []))
  const named = [...JSON.stringify(quiet).matchAll(/alertname=~?\\"(?<pattern>[^"\\]+)\\"/g)].flatMap(({ groups }) =>
    (groups?.['pattern'] ?? '').split('|'),
  )
  expect(named.length).toBeGreaterThan(0)
  expect(named.filter((name) => !names.has(name))).toEqual([])
})
