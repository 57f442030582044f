/** What is all said by a text: a path, a UUID, a time zone. */
export class TextValue {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }

  toJSON(): string {
    return this.#text
  }

  [Symbol.toPrimitive](): string {
    return this.#text
  }
}
