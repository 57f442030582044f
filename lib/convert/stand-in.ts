/** Derived classes stand for an object of Python's: passed to it, they are that object. */
export class StandIn {
  readonly #for: object

  constructor(proxy: object) {
    this.#for = proxy
  }

  static proxyOf(value: object): object | undefined {
    return #for in value ? value.#for : undefined
  }
}
