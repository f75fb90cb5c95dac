import { DATA_CLASSES } from '../finding.ts'
import type { Detector } from '../scan.ts'
import { apiKey } from './api-key.ts'
import { birthDate } from './birth-date.ts'
import { card } from './card.ts'
import { cnResidentId } from './cn-resident-id.ts'
import { email } from './email.ts'
import { iban } from './iban.ts'
import { ipv4 } from './ipv4.ts'
import { ipv6 } from './ipv6.ts'
import { jwt } from './jwt.ts'
import { macAddress } from './mac-address.ts'
import { passport } from './passport.ts'
import { phone } from './phone.ts'
import { privateKey } from './private-key.ts'
import { secret } from './secret.ts'
import { urlCredential } from './url-credential.ts'
import { usSsn } from './us-ssn.ts'

const ALL: readonly Detector[] = [
  apiKey,
  birthDate,
  card,
  cnResidentId,
  email,
  iban,
  ipv4,
  ipv6,
  jwt,
  macAddress,
  passport,
  phone,
  privateKey,
  secret,
  urlCredential,
  usSsn,
]

/** All detectors, in the order of rank that {@link DATA_CLASSES} has. */
export const DETECTORS: readonly Detector[] = ALL.toSorted(
  (one, other) => DATA_CLASSES.indexOf(one.class) - DATA_CLASSES.indexOf(other.class),
)
