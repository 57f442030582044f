// The ready converters, behind lib/convert/ready-converters.ts, which loads this when one is asked for.
import type { Converter } from '../converters.js'
import { complex } from './complex.js'
import { dataclasses } from './dataclasses.js'
import { dates } from './dates.js'
import { type DecimalClass, makeDecimal } from './decimal.js'
import { enums } from './enums.js'
import { fraction } from './fraction.js'
import { namedtuples } from './namedtuples.js'
import { numpyScalars } from './numpy-scalars.js'
import { path } from './path.js'
import { pydantic } from './pydantic.js'
import { makeTemporal } from './temporal.js'
import { uuid } from './uuid.js'

export type ReadyName =
  | 'complex'
  | 'dataclasses'
  | 'dates'
  | 'enums'
  | 'fraction'
  | 'namedtuples'
  | 'numpyScalars'
  | 'path'
  | 'pydantic'
  | 'uuid'

const ready = {
  complex,
  dataclasses,
  dates,
  enums,
  fraction,
  namedtuples,
  numpyScalars,
  path,
  pydantic,
  uuid,
}

export function readyConverter(name: ReadyName): unknown {
  return ready[name]
}

export function decimalConverter(given?: DecimalClass): Converter {
  return makeDecimal(given)
}

export function temporalConverters(given?: object): readonly Converter[] {
  return makeTemporal(given)
}
