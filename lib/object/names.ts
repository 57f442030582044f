import { binding } from '../runtime/binding.js'

const limit = 100_000
const names = new Map<unknown, number>()

/** Names of ours on a proxy: they are asked for in another way than Python's. */
const ours = new Map<unknown, number>()

export function isOurs(name: string): boolean {
  return name === 'then' || name === 'async'
}

/** The id of an attribute's name, if it had one before and is none of ours. */
export function knownNameId(name: unknown): number | undefined {
  return names.get(name)
}

/** The id of a property name's str, which native code makes once. */
export function nameId(name: string): number {
  const table = isOurs(name) ? ours : names
  let id = table.get(name)
  if (id === undefined) {
    if (names.size === limit) {
      names.clear()
      ours.clear()
      binding.forgetNames()
    }
    id = binding.intern(name)
    table.set(name, id)
  }
  return id
}
