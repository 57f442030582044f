// The types that users see; `npm run test:types` checks this file, and nothing here runs.
import {
  BridgeError,
  type CallOptions,
  type ConversionMode,
  type Converter,
  converters,
  type Display,
  type DisplayFormat,
  type DoctorCheck,
  type DoctorCode,
  type DoctorFinding,
  type DoctorPython,
  type DoctorReport,
  type DoctorSystem,
  type EnvOptions,
  type ErrorCode,
  type GivenConverters,
  type Keywords,
  kw,
  type PyProxy,
  type Python,
  PythonError,
  type PythonFrame,
  type PythonInfo,
  python,
  type Scope,
  type StartOptions,
  type Step,
  type WithOptions,
  withOptions,
} from 'pybridge'
import { expectTypeOf } from 'vitest'

// python
expectTypeOf(python).toEqualTypeOf<Python>()
expectTypeOf(python.import('math')).toBeAny()
expectTypeOf(python.eval('1')).toBeAny()
expectTypeOf(python.eval('a', { a: 1 })).toBeAny()
expectTypeOf(python.eval('a', python.ref({}))).toBeAny()
expectTypeOf(python.exec('x = 1')).toBeVoid()
expectTypeOf(python.run('file.py')).toBeAny()
expectTypeOf(python.ref([1])).toBeAny()
expectTypeOf(python.copy(python.ref([1]), { depth: 1 })).toBeAny()
expectTypeOf(python.builtins).toBeAny()
expectTypeOf(python.version).toBeString()
expectTypeOf(python.info).toEqualTypeOf<PythonInfo>()
expectTypeOf(python.start()).toBeVoid()
expectTypeOf(python`${1} + ${[2]}`).toBeAny()
expectTypeOf(python.display(1, { format: ['svg', 'image/webp'] })).toEqualTypeOf<Display>()
expectTypeOf(python.display.async(1)).resolves.toEqualTypeOf<Display>()
expectTypeOf<'gif'>().not.toExtend<DisplayFormat>()

// @ts-expect-error: a module has a name
python.import(5)
// @ts-expect-error: the source is a string
python.eval(1)
// @ts-expect-error: what `python.builtins` is cannot be replaced
python.builtins = 5
// @ts-expect-error: python is a tag, not a function
python('1 + 1')
// @ts-expect-error: a format is a short name, or a media type
python.display(1, { format: 'gif' })
// @ts-expect-error: the depth is a number
python.copy(python.ref([]), { depth: 'all' })

// start
expectTypeOf<StartOptions>().toHaveProperty('python').toEqualTypeOf<string | undefined>()
expectTypeOf(python.env({ requires: ['numpy>=2'], python: '>=3.11' })).resolves.toBeVoid()
python.start({ venv: '.venv', version: '>=3.11', path: ['lib'], argv: ['-v'] })
void python.env({ from: 'requirements.txt', onProgress: (line) => line.length, slowCall: 0 })
expectTypeOf<EnvOptions>().not.toHaveProperty('venv')
python.start({ signals: false, callbackTimeout: 100, slowCall: 0, switchInterval: 0.001 })
python.start({ threads: { busy: 2, max: 8 } })
// @ts-expect-error: no such option
python.start({ interpreter: 'python3' })
// @ts-expect-error: a number of threads
python.start({ threads: { busy: '2' } })
// @ts-expect-error: true or false
python.start({ signals: 1 })
expectTypeOf<PythonInfo['steps']>().toEqualTypeOf<Step[]>()
expectTypeOf<PythonInfo['problem']>().toEqualTypeOf<BridgeError | null>()

// kw
expectTypeOf(kw({ a: 1, b: undefined })).toEqualTypeOf<Keywords>()
// @ts-expect-error: keywords have names
kw('a')
// @ts-expect-error: keywords are made by kw
void ({ a: 1 } satisfies Keywords)

// attached gives what its body gives
expectTypeOf(python.attached(() => 5)).toBeNumber()
// @ts-expect-error: it takes a function
python.attached(5)

// converters
class Celsius {
  constructor(readonly degrees: number) {}
}
const celsius: Converter<Celsius> = {
  python: 'weather.Temperature',
  toJs: (value) => new Celsius(value.degrees),
  js: Celsius,
  toPython: ({ degrees }) => degrees,
}
expectTypeOf(python.register(celsius)).toEqualTypeOf<() => void>()
python.register({ js: Celsius, toPython: (value) => expectTypeOf(value).toEqualTypeOf<Celsius>() })
python.register([celsius, [converters.dates, converters.dataclasses]])
expectTypeOf(python.withConverters([celsius, converters.enums], () => 5)).toBeNumber()
expectTypeOf(python.withConverters([], async () => 5)).resolves.toBeNumber()
withOptions(python.builtins.int, { converters: [converters.decimal(), converters.temporal()] })
expectTypeOf(converters.decimal(class {})).toEqualTypeOf<Converter>()
expectTypeOf(new converters.fraction.js(1n).denominator).toBeBigInt()
expectTypeOf(new converters.complex.js(1, 2).real).toBeNumber()
expectTypeOf(new converters.dates[0].js(2020, 1, 2).year).toBeNumber()
expectTypeOf<GivenConverters>().not.toBeAny()
// @ts-expect-error: a converter is an object
python.register(5)
// @ts-expect-error: a class, not its name
python.register({ js: 'Celsius', toPython: () => 5 })
// @ts-expect-error: the body is a function
python.withConverters([celsius], 5)
// @ts-expect-error: there is no such converter
void converters.everything

// withOptions keeps the type of the callable, and adds the same off this thread
declare const predict: (rows: number[][], threshold?: number) => string[]
const limited = withOptions(predict, { returns: 'ref', timeout: 5, signal: AbortSignal.timeout(9) })
expectTypeOf(limited).toExtend<typeof predict>()
expectTypeOf(limited([[1]], 2)).toEqualTypeOf<string[]>()
expectTypeOf(limited.async).parameters.toEqualTypeOf<
  [rows: number[][], threshold?: number | undefined]
>()
expectTypeOf(limited.async).returns.toEqualTypeOf<Promise<string[]>>()
expectTypeOf<WithOptions<() => Promise<number>>['async']>().returns.toEqualTypeOf<Promise<number>>()
// @ts-expect-error: the arguments are those of the callable
void limited.async('rows')
// @ts-expect-error: a timeout is a number
withOptions(predict, { timeout: '5' })
expectTypeOf(withOptions(python.builtins.dict, {})).toBeAny()
expectTypeOf<CallOptions['mode']>().toEqualTypeOf<ConversionMode | undefined>()
expectTypeOf<CallOptions['returns']>().toEqualTypeOf<
  ConversionMode | 'number' | 'bigint' | undefined
>()
// @ts-expect-error: no such way to return
withOptions(predict, { returns: 'reference' })
// @ts-expect-error: no such option
withOptions(predict, { modes: 'strict' })
// @ts-expect-error: only what can be called has options
withOptions(5, {})

// A proxy is anything: it is called, indexed, iterated, constructed and disposed.
const proxy: PyProxy = python.import('collections')
for (const item of proxy) void item
void [new proxy.OrderedDict(kw({ a: 1 })), proxy.deque([1])[0], `${proxy}`]
{
  using counter = new proxy.Counter('aab')
  void counter
}

// errors
const error = new BridgeError('CONVERSION')
expectTypeOf(error).toExtend<Error>()
expectTypeOf(error.code).toEqualTypeOf<ErrorCode>()
// @ts-expect-error: codes are listed
void (error.code === 'NO_SUCH_CODE')
declare const raised: PythonError
expectTypeOf(raised).toExtend<Error>()
expectTypeOf(raised.type).toBeString()
expectTypeOf(raised.module).toBeString()
expectTypeOf(raised.value).toBeAny()
expectTypeOf(raised.frames).toEqualTypeOf<PythonFrame[]>()
expectTypeOf(raised.traceback).toBeString()
expectTypeOf(raised.is('OSError')).toBeBoolean()
expectTypeOf(raised.cause).toBeUnknown()
// @ts-expect-error: what Python raised is not changed here
raised.type = 'ValueError'
if (raised instanceof PythonError) expectTypeOf(raised.message).toBeString()

// scopes
expectTypeOf<{ a: number }>().toExtend<Scope>()

// What is not exported stays inside.
// @ts-expect-error: handles are internal
void (await import('pybridge')).PyHandle

// what `pybridge doctor --json` prints
const report = JSON.parse('') as DoctorReport
expectTypeOf(report).toEqualTypeOf<{
  schema: 1
  outcome: 'ok' | 'warning' | 'error'
  system: DoctorSystem
  steps: Step[]
  python: DoctorPython | null
  findings: DoctorFinding[]
}>()
expectTypeOf<DoctorFinding>().toEqualTypeOf<{
  check: DoctorCheck
  outcome: 'ok' | 'warning' | 'error'
  code: DoctorCode | null
  said: string
  advice: string | null
  commands: string[]
}>()
expectTypeOf<DoctorSystem>().toEqualTypeOf<{
  platform: string
  arch: string
  name: string
  libc: 'glibc' | 'musl' | null
  libcVersion: string | null
  runtime: { name: 'node' | 'bun' | 'deno'; version: string; executable: string }
  pybridge: { version: string; folder: string; addon: string | null }
}>()
expectTypeOf<DoctorPython>().toEqualTypeOf<{
  version: string
  executable: string
  library: string
  prefix: string
  venv: string | null
  freeThreaded: boolean | null
  debug: boolean | null
  startMilliseconds: number | null
}>()
expectTypeOf<ErrorCode>().toExtend<DoctorCode>()
expectTypeOf<'CPP_LIBRARY_TOO_OLD'>().toExtend<DoctorCode>()
// @ts-expect-error: no such code
expectTypeOf<'HEADACHE'>().toExtend<DoctorCode>()
