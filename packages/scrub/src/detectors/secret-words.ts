/**
 * How much a word says about what stands behind it.
 *
 * - `password`: people choose it, so it may be weak.
 * - `phrase`: a password of several words.
 * - `token`: machines make it, so it has letters and digits, and many.
 * - `short`: a password, but the word is a verb as well: `pass: hunter2`.
 * - `code`: a few digits.
 */
export type Strength = 'password' | 'phrase' | 'token' | 'short' | 'code'

/** Key words in lower case: English, German, Chinese, and those of some neighbours. Compounds end in them: `db_password`, `githubToken`. */
const WORDS: Readonly<Record<Strength, string>> = {
  password: String.raw`pass[ _-]?(?:word|wd|code)|passwort|kennwort|zugangscode|losungswort|pwd|(?<=user[^\n]{1,80} )identified by|requirepass|sshpass -p|mot de passe|contrase(?:ñ|n)a|(?<![a-z])(?:clave|senha|parola|pw|psw|pswd|mdp)|wachtwoord|has(?:ł|l)o(?![a-z])|(?:ş|s)ifre(?![a-z])|l(?:ö|o)senord|salasana|adgangskode|heslo|jelszó`,
  phrase: 'pass[ _-]?phrase|mnemonic(?: phrase)?|(?:seed|recovery) phrase|wallet seed',
  token: String.raw`(?<=(?:api|access|account|secret|private|auth|encryption|signing|master|shared|storage|subscription|service|licen[cs]e|consumer|client|app|application|webhook|deploy|ssh|session|security|bot|admin|server|azure|openai|anthropic|gemini|google|aws|s3|stripe|github|gitlab|aes|rsa|hmac|jwt)[ _-]?(?:access[ _-]?)?)key|secret|token|credentials?|schlüssel`,
  short: String.raw`(?<![a-z])pass`,
  code: String.raw`(?<![a-z])(?:pin|cvv2?|cvc2?|csc|otp|tan|puk)(?:[ -]?(?:code|number|nummer|no))?|(?<=your )code(?= is:? \d{6}(?!\d))|(?<=(?:verification|security|confirmation|authentication|one-time|login|access|door|gate|entry|alarm|2fa|mfa)[ _-](?:pass)?)code|bestätigungscode|sicherheitscode|einmalcode`,
}

/** The same in other scripts: looked for only where there are any. */
const WORDS_OF_OTHER_SCRIPTS: Readonly<Partial<Record<Strength, string>>> = {
  password: 'пароль|密码|密碼|口令|パスワード|暗証番号|비밀번호|암호|รหัสผ่าน|mật khẩu|كلمة المرور|סיסמה',
  token: '密钥|密鑰|金鑰|令牌|秘钥|凭证|トークン|秘密鍵|토큰|токен|ключ',
  code: '验证码|驗證碼|校验码|认证码|動態碼|动态码|認証コード|인증번호|код подтверждения',
}

const SECRET_WORD = finder(WORDS)
const SECRET_WORD_OF_OTHER_SCRIPTS = finder(WORDS_OF_OTHER_SCRIPTS)

/** Finds key words in a text in lower case; the name of the group is the strength. Of two words at one place the longer comes first. */
function finder(words: Readonly<Partial<Record<Strength, string>>>): RegExp {
  const strengths = (['code', 'phrase', 'password', 'token', 'short'] as const).filter((strength) => words[strength])
  return new RegExp(strengths.map((strength) => `(?<${strength}>${words[strength]})`).join('|'), 'g')
}

/** A key word and where its end is. */
export interface SecretWord {
  readonly strength: Strength
  readonly start: number
  readonly end: number
}

/** The key words of a text in lower case. */
export function* secretWords(lower: string): Generator<SecretWord> {
  // oxlint-disable-next-line no-control-regex -- every character that is not ASCII is meant
  const patterns = /[^\x00-\u0240]/.test(lower) ? [SECRET_WORD, SECRET_WORD_OF_OTHER_SCRIPTS] : [SECRET_WORD]
  for (const pattern of patterns) {
    for (const { 0: word, index, groups } of lower.matchAll(pattern)) {
      const strength = (['phrase', 'password', 'token', 'short'] as const).find((name) => groups?.[name]) ?? 'code'
      yield { strength, start: index, end: index + word.length }
    }
  }
}

/** What names of secrets have in them. */
const NAME =
  /pass|pwd|secret|token|key|credential|auth|kennwort|schlüssel|mot de|contrase|clave|senha|wachtwoord|密码|密碼|パスワード|비밀|парол/

/** Whether a value is only the name of such a thing: a label in another language, a variable. */
export function isSecretWord(value: string): boolean {
  return /^[\p{L}\s_$-]+$/u.test(value) && NAME.test(value.toLowerCase())
}
