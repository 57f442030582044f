import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const thing = 0
const number = 1
const add = 2

/** Starts Python through the floor, and names what the workloads use. */
export function openFloor(addon, executable, source) {
  const native = require(addon)
  native.start(executable, source)

  const variant = (how) => {
    const read = native[`read_${how}`]
    const method = native[`method_${how}`]
    const named = native[`named_${how}`]
    class Thing {
      constructor(handle) {
        this.handle = handle
      }
      get number() {
        return read(this.handle, number)
      }
      add(a, b) {
        return method(this.handle, add, a, b)
      }
    }
    return {
      noop: native[`noop_${how}`],
      add: native[`add_${how}`],
      thing: new Thing(thing),
      named: ({ a, b, c }) => named(a, b, c),
      hello: native[`hello_${how}`],
      callbacks: native[`callbacks_${how}`],
      make: native[`make_${how}`],
      boom: native[`boom_${how}`],
      letters: native[`letters_${how}`],
    }
  }
  return { attach: native.attach, attaching: variant('attaching'), attached: variant('attached') }
}
