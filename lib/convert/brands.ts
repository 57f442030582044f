// Copies keep their type: what came from a tuple is a tuple again when it goes back, although
// JavaScript has only arrays. A private field that another class leaves on a value is seen by
// nobody else, and costs a fifth of an entry of a WeakSet.

/** Makes the class of a brand: its private fields are put on the value that it is given. */
class Stamp {
  constructor(value: object) {
    // biome-ignore lint/correctness/noConstructorReturn: this is what the class is for.
    return value
  }
}

/** An array that came from a tuple. */
export class TupleBrand extends Stamp {
  readonly #brand = true

  static isOn(value: object): boolean {
    return #brand in value && value.#brand
  }
}

/** A Map that came from a dict whose keys are not all strings. */
export class DictBrand extends Stamp {
  readonly #brand = true

  static isOn(value: object): boolean {
    return #brand in value && value.#brand
  }
}

/** A Set that came from Python: whether it was a frozenset. */
export class SetBrand extends Stamp {
  readonly #isFrozen: boolean

  constructor(value: object, isFrozen: boolean) {
    super(value)
    this.#isFrozen = isFrozen
  }

  static isFrozen(value: object): boolean | undefined {
    return #isFrozen in value ? value.#isFrozen : undefined
  }
}

/** The order of a dict's keys, where a JavaScript object would put integer-like ones first. */
export class OrderBrand extends Stamp {
  readonly #keys: readonly string[]

  constructor(value: object, keys: readonly string[]) {
    super(value)
    this.#keys = keys
  }

  static keysOf(value: object): readonly string[] | undefined {
    return #keys in value ? value.#keys : undefined
  }
}

/** Which numbers are floats: those of these indices or keys; `true`: every one. */
export type Floats = true | ReadonlySet<unknown>

/** A container with floats that are whole numbers. */
export class FloatsBrand extends Stamp {
  readonly #floats: Floats

  constructor(value: object, floats: Floats) {
    super(value)
    this.#floats = floats
  }

  static of(value: object): Floats | undefined {
    return #floats in value ? value.#floats : undefined
  }
}

/** A Map with keys that are floats and whole numbers: which. */
export class FloatKeysBrand extends Stamp {
  readonly #keys: ReadonlySet<unknown>

  constructor(value: object, keys: ReadonlySet<unknown>) {
    super(value)
    this.#keys = keys
  }

  static of(value: object): ReadonlySet<unknown> | undefined {
    return #keys in value ? value.#keys : undefined
  }
}
