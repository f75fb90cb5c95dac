/** Words that stand where a secret will be. */
const WORDS =
  /^(?:(?:your|my|the|an?|some|insert|enter|put|use|add|paste|example|sample|dummy|test|fake|new|old|user|api|access|secret|auth|client|private|public|db|database|openai|here|id|key|keys|token|tokens|passwd|password|username|name|value|string|text|goes|change|me|todo|placeholder|redacted|hidden|masked|removed|host|port|none|null)[-_. ]?)+$/i

/** Whether a value is only a place for one: `<password>`, `${TOKEN}`, `{{ key }}`, `%s`, `****`, `xxxx`, `...`, `YOUR_API_KEY`, or a label of ours. */
export function looksLikePlaceholder(value: string): boolean {
  if (/^(?:[$%{<[(@]|process\.|os\.|env[.:[]|import\.)/.test(value) && !/^[$%@][^\s{(]*\d/.test(value)) return true
  if (/^[*•xX.…_?#-]{3,}$|\.{3}|…|\*{4}|x{6}|X{6}/.test(value)) return true
  return value.length <= 64 && WORDS.test(value)
}
