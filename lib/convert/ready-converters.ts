import type { Converter } from './converters.js'
import type { PyComplex } from './ready/complex.js'
import type { PyDataclass } from './ready/dataclasses.js'
import type { PyDay } from './ready/day.js'
import type { DecimalClass } from './ready/decimal.js'
import type { PyEnumMember } from './ready/enums.js'
import type { PyFraction } from './ready/fraction.js'
import {
  decimalConverter,
  type ReadyName,
  readyConverter,
  temporalConverters,
} from './ready/index.js'
import type { PyNamedTuple } from './ready/namedtuples.js'
import type { PyNumpyScalar } from './ready/numpy-scalars.js'
import type { PyPath } from './ready/path.js'
import type { PyModel } from './ready/pydantic.js'
import type { PyTime } from './ready/time.js'
import type { PyTimedelta } from './ready/timedelta.js'
import type { PyTimezone } from './ready/timezone.js'
import type { PyUuid } from './ready/uuid.js'

/** A converter whose objects JavaScript can make as well: `js` is their class. */
export type ReadyConverter<Class extends abstract new (...args: never[]) => unknown> = Omit<
  Converter<InstanceType<Class>>,
  'js'
> & { readonly js: Class }

/**
 * Converters for types that the table leaves references. What they make of an object comes home as
 * the same value of the same type.
 *
 * @example
 * python.register([converters.dataclasses, converters.enums])
 */
export interface ReadyConverters {
  /** Objects of a class for each dataclass; what is changed in them goes back. */
  readonly dataclasses: Converter<PyDataclass>
  /** Frozen objects of a class for each namedtuple, which can be iterated. */
  readonly namedtuples: Converter<PyNamedTuple>
  /** One frozen object for each member, with its `name` and `value`. */
  readonly enums: Converter<PyEnumMember>
  /** Objects of a class for each model of pydantic 2; what is changed in them is assigned. */
  readonly pydantic: Converter<PyModel>
  /** `{ numerator, denominator }`, bigints. */
  readonly fraction: ReadyConverter<typeof PyFraction>
  /** Objects with the text of a UUID. */
  readonly uuid: ReadyConverter<typeof PyUuid>
  /** Objects with the text of a path. */
  readonly path: ReadyConverter<typeof PyPath>
  /** `{ real, imaginary }`. */
  readonly complex: ReadyConverter<typeof PyComplex>
  /** `{ dtype, value }`, which counts as its value. */
  readonly numpyScalars: ReadyConverter<typeof PyNumpyScalar>
  /** `date`, `time`, `timedelta`, and time zones. */
  readonly dates: readonly [
    day: ReadyConverter<typeof PyDay>,
    time: ReadyConverter<typeof PyTime>,
    timedelta: ReadyConverter<typeof PyTimedelta>,
    timezone: ReadyConverter<typeof PyTimezone>,
  ]
  /**
   * Decimals of decimal.js.
   *
   * @param decimal its class; without it, that of `decimal.js` as `require` finds it
   * @throws {@link BridgeError} `INVALID_ARGUMENT` where there is none
   */
  decimal(decimal?: DecimalClass): Converter
  /**
   * Objects of Temporal, for dates, times, timedeltas and datetimes.
   *
   * @param temporal the namespace; without it, that of the runtime
   * @throws {@link BridgeError} `INVALID_ARGUMENT` where there is none
   */
  temporal(temporal?: object): readonly Converter[]
}

const getters = (names: readonly ReadyName[]): PropertyDescriptorMap =>
  Object.fromEntries(
    names.map((name) => [name, { get: () => readyConverter(name), enumerable: true }]),
  )

/** Ready converters, each loaded when it is asked for. */
export const converters: ReadyConverters = Object.defineProperties(
  {
    decimal: (decimal?: DecimalClass) => decimalConverter(decimal),
    temporal: (temporal?: object) => temporalConverters(temporal),
  } as ReadyConverters,
  getters([
    ...(['complex', 'dataclasses', 'dates', 'enums', 'fraction', 'namedtuples'] as const),
    ...(['numpyScalars', 'path', 'pydantic', 'uuid'] as const),
  ]),
)
