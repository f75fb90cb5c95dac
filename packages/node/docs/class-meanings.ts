import type { DataClass } from '@tokenmeter/scrub'

/** Class of what is found → what it is, for people. */
export const CLASS_MEANINGS: Readonly<Record<DataClass, string>> = {
  private_key: 'a private key in PEM',
  jwt: 'a JSON Web Token',
  api_key: 'keys of providers by their shapes: OpenAI, Azure, AWS, GitHub, Slack, Google, Stripe, npm and others',
  url_credential: 'user names and passwords in URLs, and signatures and tokens in their queries',
  secret: 'what follows a word such as `password`, in English and Chinese',
  iban: 'an account number with its check digits',
  cn_resident_id: 'a Chinese resident id with its check digit',
  email: 'an e-mail address',
  card: 'a payment card by its issuer and its check digit',
  us_ssn: 'a US social security number',
  birth_date: 'a date after a word for birth',
  passport: 'a number after a word for passport',
  mac_address: 'a MAC address',
  ipv6: 'an IPv6 address',
  ipv4: 'an IPv4 address',
  phone: 'a telephone number, international or national',
}
