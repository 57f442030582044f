import { binding } from '../runtime/binding.js'

const limit = 100_000
const names = new Map<string, number>()

/** The id of a property name's str, which native code makes once. */
export function nameId(name: string): number {
  let id = names.get(name)
  if (id === undefined) {
    if (names.size === limit) {
      names.clear()
      binding.forgetNames()
    }
    id = binding.intern(name)
    names.set(name, id)
  }
  return id
}
