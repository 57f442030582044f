import process from 'node:process'
import type { Converter, GivenConverters } from '../convert/converters.js'
import { PyFloat } from '../convert/py-float.js'
import { BridgeError } from '../errors/bridge-error.js'
import type { ArrowTable, MemoryOptions, TableOptions, ViewOptions } from '../memory/options.js'
import type { PyBuffer } from '../memory/py-buffer.js'
import type { TypedArray } from '../memory/typed-array.js'
import type { PyProxy } from '../object/py-proxy.js'
import { openForWorkers } from '../runtime/binding.js'
import { startInEnv } from '../runtime/env/index.js'
import type { EnvOptions } from '../runtime/env/options.js'
import { info, type PythonInfo, type StartOptions, start } from '../runtime/start.js'
import type { Display, DisplayOptions } from './display.js'
import {
  attached,
  copy,
  display,
  displayOff,
  evaluate,
  execute,
  importModule,
  memory,
  reference,
  registerConverters,
  runFile,
  table,
  tables,
  tag,
  vector,
  version,
  view,
  withConvertersIn,
} from './entry-points.js'

/** Names for {@link Python.eval} and {@link Python.exec}: a dict of Python's, or a plain object. */
export type Scope = PyProxy | Readonly<Record<string, unknown>>

/** The Python of this process. Calling it as a template tag runs Python with values bound. */
export interface Python {
  /**
   * An expression, or statements whose last expression is the value. Interpolated values are bound
   * as variables, never pasted as text; names that are assigned stay inside.
   *
   * @example
   * const rows = [[1, 2], [3, 4]]
   * python`[sum(row) for row in ${rows}]` // [3, 7]
   */
  (strings: TemplateStringsArray, ...values: unknown[]): PyProxy

  /**
   * Starts Python with a choice of interpreter. Without it, the first use starts Python with the
   * default choice. The same choice again does nothing.
   *
   * @example
   * python.start({ venv: '.venv' })
   *
   * @throws {@link BridgeError} that names what is wrong and the command that mends it;
   * `ALREADY_STARTED` for another choice
   */
  start(options?: StartOptions): void

  /**
   * Starts Python in an environment that holds the packages that are asked for. The first time, uv
   * builds it, which takes as long as the packages are large; it is kept in the user's cache, and
   * from then on found without uv or a network. Processes that ask at once build it once.
   *
   * @example
   * await python.env({ requires: ['numpy>=2'], python: '>=3.11' })
   * const np = python.import('numpy')
   *
   * @throws {@link BridgeError} `UV_NOT_FOUND`; `ENV_FAILED` with uv's own message; what
   * {@link Python.start} throws
   */
  env(options: EnvOptions): Promise<void>

  /**
   * Imports a module, also a dotted one.
   *
   * @example
   * const math = python.import('math')
   * math.sqrt(9) // 3
   *
   * @throws {@link PythonError} if the import raises
   */
  import(name: string): PyProxy

  /**
   * The value of an expression, in the namespace of `__main__` unless a scope is given.
   *
   * @example
   * python.eval('2 ** 100') // 1267650600228229401496703205376n
   */
  eval(source: string, scope?: Scope): PyProxy

  /**
   * Runs statements, in the namespace of `__main__` unless a scope is given. Names assigned in a
   * scope that is a plain object stay in Python's copy of it: pass `python.ref({})` to read them.
   *
   * @example
   * python.exec('def double(x): return 2 * x')
   * python.eval('double')(21) // 42
   */
  exec(source: string, scope?: Scope): void

  /** Runs a file as `python FILE` does, with `__name__ == '__main__'`; gives its globals. */
  run(path: string): PyProxy

  /**
   * Converts a value to Python and keeps it there.
   *
   * @example
   * const list = python.ref([1, 2])
   * list.append(3)
   * python.copy(list) // [1, 2, 3]
   *
   * @throws {@link BridgeError} `CONVERSION` if the value cannot cross
   */
  ref(value: unknown): PyProxy

  /**
   * A `float` for Python, also where the number is whole: `1` would be an `int` there.
   *
   * @example
   * python.builtins.repr(python.float(1)) // '1.0'
   *
   * @throws {@link BridgeError} `INVALID_ARGUMENT` for what is no number
   */
  float(value: number): PyFloat

  /**
   * Copies what a proxy holds, where the conversion table has a copy of it.
   *
   * @param options.depth levels of containers to copy; deeper ones stay proxies
   */
  copy(proxy: PyProxy, options?: { depth?: number }): PyProxy

  /**
   * The memory of an object of Python's, without copying it: of what has the buffer protocol (`bytes`,
   * `bytearray`, `memoryview`, `array`, `mmap`, ctypes, NumPy), `__array_interface__`, or DLPack
   * (PyTorch); and of images of Pillow's, which are read-only. Views of one object share its memory,
   * until the last of them is released.
   *
   * @example
   * const numbers = python.import('array').array('d', [1, 2, 3])
   * using view = python.view<Float64Array>(numbers)
   * view.data[0] = 10
   * numbers.tolist() // [10, 2, 3]
   *
   * @throws {@link BridgeError} `CONVERSION` where it has no memory, or not here; `RELEASED`
   */
  view<Data extends TypedArray = TypedArray>(value: PyProxy, options?: ViewOptions): PyBuffer<Data>

  /**
   * A `pybridge.Memory` over the memory of a typed array, a DataView or an ArrayBuffer: what
   * `memoryview`, `numpy.asarray`, and `from_dlpack` of NumPy and PyTorch take. Nothing is copied;
   * Python keeps the memory for as long as it looks at it. Passed as it is, such an object arrives as
   * a `memoryview`; this one can have a shape, and be read-only.
   *
   * @example
   * const np = python.import('numpy')
   * const data = new Float32Array([1, 2, 3, 4, 5, 6])
   * const matrix = np.asarray(python.memory(data, { shape: [2, 3] }))
   * matrix.fill(7)
   * data[5] // 7
   *
   * @throws {@link BridgeError} `INVALID_ARGUMENT`; `CONVERSION` where the shape does not fit, or the
   * memory was transferred, or can be resized
   */
  memory(value: ArrayBufferView | ArrayBuffer | SharedArrayBuffer, options?: MemoryOptions): PyProxy

  /**
   * A table, for the other side, over the same memory. What gives Arrow data in Python
   * (`__arrow_c_stream__`: DataFrames of pandas and Polars, tables and readers of pyarrow, relations of
   * DuckDB) becomes a `Table` of apache-arrow; a `Table` or `RecordBatch` of apache-arrow becomes a
   * `pybridge.Table`, which whatever takes Arrow data takes: `pyarrow.table`, `polars.DataFrame`,
   * `pandas.DataFrame.from_arrow`. Values are not copied; Arrow says that nobody may change them.
   *
   * @example
   * const pa = python.import('pyarrow')
   * const table = python.table(pa.table({ city: ['Rome', 'Oslo'], people: [2.7, 0.7] }))
   * table.getChild('people').toArray() // Float64Array [2.7, 0.7]
   * pa.table(python.table(table)).num_rows // 2
   *
   * @throws {@link BridgeError} `CONVERSION` for what gives no Arrow data, and for columns that
   * apache-arrow has no type for; `INVALID_ARGUMENT` where apache-arrow is not installed
   */
  table<T = ArrowTable>(value: PyProxy, options?: TableOptions): T
  table(value: ArrowTable, options?: TableOptions): PyProxy

  /**
   * The batches of a stream, such as a `RecordBatchReader`, one table each: a batch is asked for when
   * its turn comes.
   *
   * @throws {@link BridgeError} as `python.table`; also where the stream ends with an error
   */
  tables<T = ArrowTable>(value: PyProxy, options?: TableOptions): IterableIterator<T>

  /**
   * A column, such as an array of pyarrow or a Series of Polars, as a `Vector` of apache-arrow over the
   * same memory.
   *
   * @throws {@link BridgeError} as `python.table`
   */
  // biome-ignore lint/suspicious/noExplicitAny: apache-arrow has the types.
  vector<T = any>(value: PyProxy, options?: TableOptions): T

  /**
   * What a notebook would show of an object: a figure of matplotlib's as PNG, SVG, PDF or JPEG; HTML,
   * pictures, Markdown, LaTeX or JSON of whatever has IPython's display methods (`_repr_html_`,
   * `_repr_png_`, `_repr_mimebundle_`), such as tables of pandas and images of Pillow; else its `repr`.
   * Axes show their figure, and the module `matplotlib.pyplot` its current one. No screen is needed.
   *
   * @example
   * const { Figure } = python.import('matplotlib.figure')
   * const figure = Figure(kw({ figsize: [4, 3] }))
   * figure.subplots().plot([1, 4, 9])
   * python.display(figure).mime // 'image/png'
   * python.display(figure, { format: 'svg' }).text // '<?xml …'
   *
   * @throws {@link PythonError} what such a method raises; {@link BridgeError} `CONVERSION` where the
   * object has none of the formats that are asked for, with those that it has; `INVALID_ARGUMENT` for
   * what is no format
   */
  readonly display: DisplayFunction

  /**
   * Keeps this thread attached to Python while `body` runs: the same results, and about half the
   * cost of a small call. No other Python thread runs meanwhile, so `body` must not wait for one.
   *
   * @example
   * const { hypot } = python.import('math')
   * python.attached(() => {
   *   let sum = 0
   *   for (let i = 0; i < 1000; i++) sum += hypot(i, 1)
   *   return sum
   * })
   *
   * @throws {@link BridgeError} `INVALID_ARGUMENT` for an async function, or one that returns a promise
   */
  attached<T>(body: () => T): T

  /**
   * Puts converters in force everywhere on this thread, before those that are; gives what takes them
   * back. An array holds converters that belong together, the last of them first.
   *
   * @example
   * const unregister = python.register({
   *   python: 'fractions.Fraction',
   *   toJs: (value) => value.numerator / value.denominator,
   * })
   * python.eval('__import__("fractions").Fraction(1, 4)') // 0.25
   * unregister()
   *
   * @throws {@link BridgeError} `INVALID_ARGUMENT` if it is no converter
   */
  register<Type>(converter: Converter<Type>): () => void
  register(converters: GivenConverters): () => void

  /**
   * Puts converters in force while `body` runs, and in whatever it awaits, before those that are.
   *
   * @example
   * const half = python.withConverters([converters.fraction], () =>
   *   python.eval('__import__("fractions").Fraction(1, 2)'),
   * )
   * half.denominator // 2n
   *
   * @throws {@link BridgeError} `INVALID_ARGUMENT` if one of them is no converter
   */
  withConverters<T>(converters: GivenConverters, body: () => T): T

  /** The module `builtins`. */
  readonly builtins: PyProxy

  /** The version, such as `3.11.7`. */
  readonly version: string

  /** Which Python was chosen, and why, step by step. Starts nothing. */
  readonly info: PythonInfo
}

/** The type of {@link Python.display}. */
export interface DisplayFunction {
  /** The best form of a value, or the first one of those that are asked for. */
  (value: unknown, options?: DisplayOptions): Display

  /** The same on another thread: drawing a figure may take longer than an event loop should wait. */
  async(value: unknown, options?: DisplayOptions): Promise<Display>
}

function floatOf(value: number): PyFloat {
  if (typeof value === 'number') return new PyFloat(value)
  throw new BridgeError('INVALID_ARGUMENT', `python.float takes a number, not ${typeof value}`)
}

const surface = {
  start,
  env: startInEnv,
  import: importModule,
  eval: evaluate,
  exec: execute,
  run: runFile,
  ref: reference,
  float: floatOf,
  copy,
  view,
  memory,
  table,
  tables,
  vector,
  display: Object.assign(
    (value: unknown, options?: DisplayOptions): Display => display(value, options),
    { async: displayOff },
  ),
  attached,
  register: registerConverters,
  withConverters: withConvertersIn,
  get builtins(): PyProxy {
    return importModule('builtins')
  },
  get version(): string {
    return version()
  },
  get info(): PythonInfo {
    return info()
  },
}

// Workers ask the main thread to start Python: it must be heard of before they do.
process.once('worker', openForWorkers)

/** The Python of this process. Importing it starts nothing; the first use does. */
export const python: Python = Object.defineProperties(
  (strings: TemplateStringsArray, ...values: unknown[]) => tag(strings, ...values),
  Object.getOwnPropertyDescriptors(surface),
) as unknown as Python
