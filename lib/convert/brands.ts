// Copies keep their type: what came from a tuple is a tuple again when it goes back, although
// JavaScript has only arrays. A private field that another class leaves on a value is seen by
// nobody else, and costs a fifth of an entry of a WeakSet.

/** Which numbers are floats: those of these indices or keys; `true`: every one. */
export type Floats = true | ReadonlySet<unknown>

/** What is remembered of a container that came from Python. */
export interface Origin {
  /** What it was, where JavaScript has one type for two of Python's. */
  readonly type: 'tuple' | 'dict' | 'set' | 'frozenset' | null
  /** The order of a dict's keys, where an object would put integer-like ones first. */
  readonly order: readonly string[] | null
  /** Its floats that are whole numbers. */
  readonly floats: Floats | undefined
  /** Its keys that are: of a Map. */
  readonly floatKeys: ReadonlySet<unknown> | undefined
}

const plain: Origin = { type: null, order: null, floats: undefined, floatKeys: undefined }
const tuple: Origin = { ...plain, type: 'tuple' }
const dict: Origin = { ...plain, type: 'dict' }
const set: Origin = { ...plain, type: 'set' }
const frozenset: Origin = { ...plain, type: 'frozenset' }

/** Of containers of these types, whose floats are not whole. */
export const origins = { plain, tuple, dict, set, frozenset } as const

/** A class that is derived from it leaves its private fields on the value that it is given. */
export class Stamp {
  constructor(value: object) {
    // biome-ignore lint/correctness/noConstructorReturn: this is what the class is for.
    return value
  }
}

export class Brand extends Stamp {
  readonly #origin: Origin

  private constructor(value: object, origin: Origin) {
    super(value)
    this.#origin = origin
  }

  /** Puts a brand on a value that has none. */
  static put(value: object, origin: Origin): void {
    new Brand(value, origin)
  }

  static of(value: object): Origin | undefined {
    return #origin in value ? value.#origin : undefined
  }
}
