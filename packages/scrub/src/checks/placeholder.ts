/** Words that stand where a secret will be. */
const WORDS =
  /^(?:(?:your|my|the|an?|some|insert|enter|put|use|add|paste|example|sample|dummy|test|fake|new|old|user|api|access|secret|auth|client|private|public|db|database|openai|here|id|key|keys|token|tokens|passwd|password|username|name|value|string|text|goes|change|me|todo|placeholder|redacted|hidden|masked|removed|host|port|none|null)[-_. ]?)+$/i

/** `${TOKEN}`, `$TOKEN`, `$(cmd)`, `%TOKEN%`, `%s`, `{{ key }}`, `{key}`, `<password>`, `[REDACTED]`, `(none)`, `@password`. */
const TEMPLATE =
  /^(?:\$\{|\$\(|\$(?:[A-Z_][A-Z\d_]*|[a-z_]+)(?:$|\/)|%[sd]|%[A-Za-z_]*%?[sd]?$|\{\{|\{[\w.$ [\]-]*\}?$|<[^<>]*>?$|\[[\w: .-]*\]?$|\([\w .-]*\)?$|@[a-z]*$|#\{)/

/** Where a value is read from. */
const EXPRESSION = /^(?:process|os|env|import|config|settings|secrets|vars|self|this|var|local|module|data)[.[(:]/i

/** Nothing but what hides a value, or long runs of it. */
const HIDDEN = /^[*•xX.…_?#-]{3,}$|\.{3}|…|\*{4}|x{6}|X{6}/

/** Whether a value is only a place for one, or a label of ours. */
export function looksLikePlaceholder(value: string): boolean {
  if (TEMPLATE.test(value) || EXPRESSION.test(value) || HIDDEN.test(value)) return true
  return value.length <= 64 && WORDS.test(value)
}
