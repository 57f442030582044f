export { type Keywords, kw } from './call/keywords.js'
export { type Python, python, type Scope } from './call/python.js'
export { type CallOptions, type WithOptions, withOptions } from './call/with-options.js'
export type { Converter, GivenConverters } from './convert/converters.js'
export { PyDate } from './convert/py-date.js'
export { PyFloat } from './convert/py-float.js'
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
export type { PyProxy } from './object/py-proxy.js'
export { PythonError, type PythonFrame } from './object/python-error.js'
export type { EnvOptions } from './runtime/env/options.js'
export type { Step } from './runtime/locate/step.js'
export type { PythonInfo, StartOptions } from './runtime/start.js'
