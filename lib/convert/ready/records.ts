// Objects of named parts: dataclasses, namedtuples, models. For each class of Python's there is one
// here, made when the first object of it comes.
import { BridgeError } from '../../errors/bridge-error.js'
import { ask, make, typeNumberOf } from '../ask.js'
import { Brand, type Floats, origins } from '../brands.js'
import { type PartwiseConverter, partwise } from '../partwise.js'
import { putOwn } from '../plain.js'
import { OriginBrand } from './origin.js'

/** What an object of named parts has: own, enumerable properties for these. */
export class PyRecord {
  constructor(parts: Readonly<Record<string, unknown>> = {}) {
    for (const name of Object.keys(parts)) putOwn(this, name, parts[name])
  }

  toJSON(): Record<string, unknown> {
    return Object.fromEntries(Object.entries(this))
  }
}

type RecordClass = new (parts?: Readonly<Record<string, unknown>>) => PyRecord

/** A class of Python's. */
interface Described {
  readonly type: object
  readonly names: readonly string[]
  readonly isFrozen: boolean
  /** Null where its objects cannot be made anew, and stay references. */
  readonly prototype: PyRecord | null
}

const described = new Map<number, Described>()
const byClass = new WeakMap<object, Described>()

/** The values that came, by object: what is no longer one of them was changed. */
const arrived = new WeakMap<object, ReadonlyMap<string, unknown>>()

function describe(value: object, base: RecordClass): Described {
  const number = typeNumberOf(value)
  let found = described.get(number)
  if (found === undefined) {
    const [name, names, isFrozen, isPlain] = ask('ready', 'describe', [value]) as [
      string,
      string[],
      boolean,
      boolean,
    ]
    const made = { [name]: class extends base {} }[name] as RecordClass
    const prototype = isPlain ? made.prototype : null
    found = { type: make('ready', 'class_of', [value]), names, isFrozen, prototype }
    described.set(number, found)
    byClass.set(made.prototype, found)
  }
  return found
}

function describedOf(object: object): Described {
  for (let at: object | null = object; at !== null; at = Object.getPrototypeOf(at) as object) {
    const found = byClass.get(at)
    if (found !== undefined) return found
  }
  throw new BridgeError('CONVERSION', 'an object of named parts is of no class of Python', {
    advice: 'make it with the constructor of one that came from Python',
  })
}

/** Which of these names have floats that are whole numbers, of which the positions are known. */
function floatsAt(names: readonly string[], floats: Floats): Floats {
  return floats === true ? true : new Set([...floats].map((index) => names[index as number]))
}

function putFloats(container: object, floats: Floats): void {
  Brand.put(container, { ...origins.plain, floats })
}

/** The converter to a class of ours, with one derived from it for each class of Python's. */
export function records(
  python: string,
  js: RecordClass,
  how: { isBegun: boolean; tracksChanges: boolean },
): PartwiseConverter {
  return Object.freeze({
    python,
    js,
    live: how.isBegun, // what can be begun without its parts can be changed
    toJs: (value: unknown) => value,
    toPython: (value: unknown) => value,
    [partwise]: {
      begin(value: object): object {
        const { prototype } = describe(value, js)
        return prototype === null
          ? value
          : OriginBrand.put(Object.create(prototype) as object, value)
      },
      fill(object: object, others: readonly string[] | null, values: readonly unknown[]): void {
        const { names: usual, isFrozen } = describedOf(object)
        const names = others ?? usual
        const floats = Brand.of(values)?.floats
        if (floats !== undefined) putFloats(object, floatsAt(names, floats))
        for (const [index, name] of names.entries()) putOwn(object, name, values[index])
        if (how.tracksChanges) {
          arrived.set(object, new Map(names.map((name, index) => [name, values[index]])))
        }
        if (isFrozen) Object.freeze(object)
      },
      beginInPython(object: object): object | null {
        const origin = OriginBrand.of(object)
        return origin === undefined || !how.isBegun ? null : make('ready', 'begin', [origin])
      },
      partsOf(object: object): readonly unknown[] {
        const values = Object.values(object)
        const floats = Brand.of(object)?.floats
        if (floats === undefined) return values
        const isFloat = (name: string): boolean => floats === true || floats.has(name)
        const at = Object.keys(object).flatMap((name, index) => (isFloat(name) ? [index] : []))
        putFloats(values, new Set(at))
        return values
      },
      describeParts(object: object): readonly unknown[] {
        const names = Object.keys(object)
        const before = arrived.get(object)
        const isChanged = (name: string): boolean =>
          before !== undefined &&
          !(before.has(name) && Object.is(before.get(name), (object as never)[name]))
        return [
          OriginBrand.of(object) ?? null,
          describedOf(object).type,
          names,
          names.filter(isChanged),
        ]
      },
    },
  })
}
