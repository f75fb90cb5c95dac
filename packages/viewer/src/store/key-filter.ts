/** Bits of a filter, and how many of them a key sets: of the keys that are not in it, one in four hundred is taken for one that is, where it has 16,384. */
const BITS = 2 ** 18
const BITS_OF_A_KEY = 4

/** A Bloom filter (https://doi.org/10.1145/362686.362692) of whole numbers below 2^53 that are as good as random: tells of most that are not in it that they are not. */
export class KeyFilter {
  /** As it is kept in a file. */
  readonly bits: Uint8Array

  constructor(bits: Uint8Array = new Uint8Array(BITS / 8)) {
    this.bits = bits
  }

  add(key: number): void {
    const step = stepOf(key)
    let place = key % BITS
    for (let count = 0; count < BITS_OF_A_KEY; count += 1) {
      this.bits[place >>> 3] = (this.bits[place >>> 3] as number) | (1 << (place & 7))
      place = (place + step) % BITS
    }
  }

  /** Whether a key may be in it; `false`: it is not. */
  mayHave(key: number): boolean {
    const step = stepOf(key)
    let place = key % BITS
    for (let count = 0; count < BITS_OF_A_KEY; count += 1) {
      if (((this.bits[place >>> 3] as number) & (1 << (place & 7))) === 0) return false
      place = (place + step) % BITS
    }
    return true
  }
}

/** Odd, so that all places differ: by digits of the key that its first place is not made of. */
function stepOf(key: number): number {
  return (Math.floor(key / BITS) % BITS) | 1
}
