/**
 * How much a word says about what stands behind it.
 *
 * - `password`: people choose it, so it may be weak.
 * - `token`: machines make it, so it has letters and digits, and many.
 * - `short`: a password, but the word is a verb as well: `pass: hunter2`.
 * - `code`: a few digits.
 */
export type Strength = 'password' | 'token' | 'short' | 'code'

/** Key words in lower case: English, German, Chinese, and those of some neighbours. Compounds end in them: `db_password`, `githubToken`. */
const WORDS: Readonly<Record<Strength, string>> = {
  password: String.raw`pass[ _-]?(?:word|wd|phrase|code)|passwort|kennwort|zugangscode|losungswort|pwd|(?:mnemonic|seed phrase|recovery phrase)|identified by|requirepass|sshpass -p|mot de passe|contraseña|contrasena|(?<![a-z])(?:clave|senha|parola)|wachtwoord|hasło|şifre|lösenord|salasana|adgangskode|heslo|jelszó|пароль|密码|密碼|口令|パスワード|暗証番号|비밀번호|암호|รหัสผ่าน|mật khẩu|كلمة المرور|סיסמה`,
  token: String.raw`(?:api|access|account|secret|private|auth|encryption|signing|master|shared|storage|subscription|service|licen[cs]e|consumer|client|app|application|webhook|deploy|ssh|session|security|bot|admin|server)[ _-]?(?:access[ _-]?)?key|secret|token|credentials?|schlüssel|zugriffsschlüssel|密钥|密鑰|金鑰|令牌|秘钥|凭证|トークン|秘密鍵|토큰|токен|ключ|clé|clave secreta`,
  short: String.raw`(?<![a-z])(?:pass|pw|psw|pswd|mdp)`,
  code: String.raw`(?<![a-z])(?:pin|cvv2?|cvc2?|csc|otp|tan|puk)(?: ?(?:code|number|nummer|no))?|(?:verification|security|confirmation|authentication|one-time|login|access|2fa|mfa)[ _-](?:pass)?code|bestätigungscode|sicherheitscode|einmalcode|验证码|驗證碼|校验码|认证码|動態碼|动态码|認証コード|인증번호|код подтверждения`,
}

/** Finds key words in a text in lower case; the name of the group is the strength. Of two words at one place the longer comes first. */
export const SECRET_WORD: RegExp = new RegExp(
  (['code', 'password', 'token', 'short'] as const)
    .map((strength) => `(?<${strength}>${WORDS[strength]})`)
    .join('|'),
  'g',
)

/** Whether a value is only the name of such a thing: a label in another language, a variable. */
export function isSecretWord(value: string): boolean {
  return /^[\p{L}\s_$-]*(?:pass|pwd|secret|token|key|credential|kennwort|schlüssel|mot de|contrase|clave|senha|wachtwoord|密码|密碼|パスワード|비밀|парол|auth)[\p{L}\s_-]*$/iu.test(
    value,
  )
}
