export { converters, type ReadyConverters } from './call/converters.js'
export type { Display, DisplayFormat, DisplayOptions } from './call/display.js'
export { type Keywords, kw } from './call/keywords.js'
export { type DisplayFunction, type Python, python, type Scope } from './call/python.js'
export { type CallOptions, type WithOptions, withOptions } from './call/with-options.js'
export type { Converter, GivenConverters } from './convert/converters.js'
export { PyDate } from './convert/py-date.js'
export { PyFloat } from './convert/py-float.js'

export type { PyComplex } from './convert/ready/complex.js'
export type { PyDataclass } from './convert/ready/dataclasses.js'
export type { PyDay } from './convert/ready/day.js'
export type { DecimalClass } from './convert/ready/decimal.js'
export type { PyEnumMember } from './convert/ready/enums.js'
export type { PyFraction } from './convert/ready/fraction.js'
export type { PyNamedTuple } from './convert/ready/namedtuples.js'
export type { PyNumpyScalar } from './convert/ready/numpy-scalars.js'
export type { PyPath } from './convert/ready/path.js'
export type { PyModel } from './convert/ready/pydantic.js'
export type { PyRecord } from './convert/ready/records.js'
export type { TextValue } from './convert/ready/text-value.js'
export type { PyTime } from './convert/ready/time.js'
export type { PyTimedelta } from './convert/ready/timedelta.js'
export type { PyTimezone } from './convert/ready/timezone.js'
export type { PyUuid } from './convert/ready/uuid.js'

export type { ReadyConverter } from './convert/ready-converters.js'

export type { ConversionMode, Returns } from './convert/rules.js'

export type {
  DoctorCheck,
  DoctorCode,
  DoctorFinding,
  DoctorPython,
  DoctorReport,
  DoctorSystem,
} from './doctor/report.js'
export { BridgeError } from './errors/bridge-error.js'
export type { ErrorCode } from './errors/catalogue.js'
export type { ArrowTable, MemoryOptions, TableOptions, ViewOptions } from './memory/options.js'
export type { ComplexItem, PyBuffer, PyBufferRange } from './memory/py-buffer.js'
export type { TypedArray } from './memory/typed-array.js'
export type { PyProxy } from './object/py-proxy.js'
export { PythonError, type PythonFrame } from './object/python-error.js'
export type { EnvOptions } from './runtime/env/options.js'
export type { Step } from './runtime/locate/step.js'
export type { PythonInfo, StartOptions } from './runtime/start.js'
