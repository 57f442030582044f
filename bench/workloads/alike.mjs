import { isDeepStrictEqual, types } from 'node:util'

/** Whether a value is the wanted one. None may be undefined, and a dict an object of any class. */
export const isAlike = (value, wanted) => isDeepStrictEqual(plain(value), wanted)

function plain(value) {
  if (value === undefined) return null
  if (types.isProxy(value)) return value // a reference, whose properties may have no end
  if (Array.isArray(value)) return value.map(plain)
  const isRecord = Object.prototype.toString.call(value) === '[object Object]'
  if (!isRecord || !(value instanceof Object)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
}
