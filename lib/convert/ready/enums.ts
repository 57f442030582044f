import { BridgeError } from '../../errors/bridge-error.js'
import { askConverted } from '../ask.js'
import type { Converter } from '../converters.js'
import { OriginBrand, showAsText } from './origin.js'

/** A member of an Enum of Python's: the same object whenever it comes. */
export class PyEnumMember<Value = unknown> {
  static {
    showAsText(this.prototype)
  }

  readonly #type: string
  /** Null for a combination of flags without a name. */
  readonly name: string | null
  readonly value: Value

  /** @internal */
  constructor(type: string, name: string | null, value: Value) {
    this.#type = type
    this.name = name
    this.value = value
  }

  toString(): string {
    return this.name === null
      ? `${this.#type}(${String(this.value)})`
      : `${this.#type}.${this.name}`
  }

  toJSON(): Value {
    return this.value
  }

  [Symbol.toPrimitive](hint: string): string | number | bigint {
    const { value } = this
    const isNumber = typeof value === 'number' || typeof value === 'bigint'
    return isNumber && hint !== 'string' ? value : this.toString()
  }
}

/** By its proxy, of which there is one while anybody has it. */
const members = new WeakMap<object, PyEnumMember>()

const converter: Converter<PyEnumMember> = {
  python: 'enum.Enum',
  js: PyEnumMember,
  toJs(value: object): PyEnumMember {
    const known = members.get(value)
    if (known !== undefined) return known
    const [type, name, content] = askConverted('ready_values', 'read_enum', [value]) as [
      string,
      string | null,
      unknown,
    ]
    const member = OriginBrand.put(new PyEnumMember(type, name, content), value)
    Object.freeze(member)
    members.set(value, member)
    return member
  },
  toPython(member: PyEnumMember): object {
    const origin = OriginBrand.of(member)
    if (origin !== undefined) return origin
    throw new BridgeError('CONVERSION', `${member} is of no Enum of Python`, {
      advice: 'members come from Python: read them from their class',
    })
  },
}
export const enums = Object.freeze(converter)
