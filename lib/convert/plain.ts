// Whether a value of JavaScript's is one of those that are copied. Nothing here runs code of the
// user's, but for the traps of a Proxy, which whoever asks must have turned away.
import { types } from 'node:util'

export function isObject(value: unknown): value is object {
  return typeof value === 'object' ? value !== null : typeof value === 'function'
}

/** Whether it crosses by itself, and whatever is around it. */
export function isScalar(value: unknown): boolean {
  return !(isObject(value) || value === undefined || typeof value === 'symbol')
}

export function prototypeOf(value: object): object | null {
  return Object.getPrototypeOf(value) as object | null
}

/** `Object.prototype` of any realm (`node:vm`), or null. */
export function isPlainPrototype(prototype: object | null): boolean {
  return (
    prototype === Object.prototype ||
    prototype === null ||
    (!types.isProxy(prototype) &&
      Object.getPrototypeOf(prototype) === null &&
      Object.hasOwn(prototype, 'isPrototypeOf'))
  )
}

/** `Array.prototype` of any realm; another array as prototype would fill the holes of this one. */
function isArrayPrototype(prototype: unknown): boolean {
  return (
    prototype === Array.prototype ||
    (!types.isProxy(prototype) &&
      Array.isArray(prototype) &&
      Object.hasOwn(prototype, Symbol.unscopables))
  )
}

/** But for holes, which are found when it is written. */
export function isPlainArray(value: readonly unknown[]): boolean {
  return isArrayPrototype(prototypeOf(value))
}

const includes = Array.prototype.includes

export function hasHoles(value: readonly unknown[]): boolean {
  if (!includes.call(value, undefined)) return false // which a hole reads as
  for (let i = 0; i < value.length; i++) if (!Object.hasOwn(value, i)) return true
  return false
}

/** `Map.prototype`, `Set.prototype` or `Date.prototype` of any realm: a subclass has another. */
export function isPrototypeNamed(prototype: object | null, builtin: object, name: string): boolean {
  if (prototype === builtin) return true
  if (prototype === null || types.isProxy(prototype)) return false
  const own = name === 'Date' ? Symbol.toPrimitive : Symbol.toStringTag
  const property = Object.getOwnPropertyDescriptor(prototype, own)
  return property !== undefined && (name === 'Date' || property.value === name)
}

/** Whether an object has nothing but these keys: no symbols, and nothing that is not enumerable. */
export function hasOnly(value: object, keys: readonly string[]): boolean {
  return (
    Object.getOwnPropertyNames(value).length === keys.length &&
    Object.getOwnPropertySymbols(value).length === 0
  )
}

/** A property of an object's own that has a value; undefined where there is none, or an accessor. */
export function dataOf(object: object, key: string): PropertyDescriptor | undefined {
  const property = Object.getOwnPropertyDescriptor(object, key)
  return property === undefined || property.writable === undefined ? undefined : property
}

export function hasAccessors(value: object, keys: readonly string[]): boolean {
  return !keys.every((key) => dataOf(value, key) !== undefined)
}

/** Without asking the object anything that it could answer with code of its own. */
export function nameOf(value: object): string {
  for (let at: object | null = value; at !== null && !types.isProxy(at); at = prototypeOf(at)) {
    const maker: unknown = Object.getOwnPropertyDescriptor(at, 'constructor')?.value
    if (typeof maker !== 'function' || types.isProxy(maker)) continue
    const name: unknown = Object.getOwnPropertyDescriptor(maker, 'name')?.value
    if (typeof name === 'string' && name !== '') return `an instance of ${name}`
  }
  return 'an object'
}

/** Gives an object a property of its own, also where its prototype has a setter of that name. */
export function putOwn(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  })
}
