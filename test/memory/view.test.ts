// Python's memory, seen from JavaScript: python.view.
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { type PyBuffer, type PyProxy, python } from '../../lib/index.js'
import { defineItems, hasNumpy, plain } from '../fixtures/memory-items.js'
import { skipLoudly } from '../fixtures/pythons.js'
import { refusal, thrown } from '../fixtures/thrown.js'

const { evaluate, items, layout, order } = defineItems()
const version: number = python.eval('__import__("sys").version_info[1]')

python.exec(`
import array, ctypes, mmap, struct, sys, tempfile

class Point(ctypes.Structure):
    _fields_ = [('x', ctypes.c_int), ('y', ctypes.c_double), ('name', ctypes.c_char * 3), ('flags', ctypes.c_bool * 2)]
class Point3(Point):
    _fields_ = [('z', ctypes.c_short)]
class Line(ctypes.Structure):
    _fields_ = [('id', ctypes.c_byte), ('ends', Point * 2), ('letter', ctypes.c_wchar)]
class Packed(ctypes.Structure):
    _pack_ = 1
    _fields_ = [('a', ctypes.c_byte), ('b', ctypes.c_int)]
class Reversed(ctypes.BigEndianStructure):
    _fields_ = [('a', ctypes.c_byte), ('b', ctypes.c_int)]
class Bits(ctypes.Structure):
    _fields_ = [('a', ctypes.c_int, 3), ('b', ctypes.c_int, 5), ('c', ctypes.c_double)]
class Either(ctypes.Union):
    _fields_ = [('a', ctypes.c_int), ('b', ctypes.c_double)]
class Holder(ctypes.Structure):
    _fields_ = [('a', ctypes.py_object)]

file = tempfile.TemporaryFile()
file.write(b'hello, world')
file.flush()
`)

const point = 'Point(1, 2.5, b"ab", (True, False))'
const pointItem = { x: 1, y: 2.5, name: bytesOf('ab\0'), flags: [true, false] }

/** An array of single bytes, as ctypes has them. */
function bytesOf(text: string): Buffer[] {
  return [...text].map((each) => Buffer.from(each, 'latin1'))
}

const halfArray = 'Float16Array' in globalThis ? 'Float16Array' : 'Uint16Array'

type Row = [
  source: string,
  dtype: string,
  /** The class of the typed array, or what the refusal of one says. */
  data: string,
]

const ofPython: Row[] = [
  ['bytearray(b"hello")', 'uint8', 'Uint8Array'],
  ['bytearray()', 'uint8', 'Uint8Array'],
  ['b"hello"', 'uint8', 'read-only'],
  ['b""', 'uint8', 'read-only'],
  ['memoryview(bytearray(range(10)))', 'uint8', 'Uint8Array'],
  ['memoryview(bytearray(range(10)))[2:8:3]', 'uint8', 'Uint8Array'],
  ['memoryview(bytearray(range(10)))[::-1]', 'uint8', 'backwards'],
  ['memoryview(bytearray(range(10)))[8:2]', 'uint8', 'Uint8Array'],
  ['memoryview(bytearray(10)).toreadonly()', 'uint8', 'read-only'],
  ['memoryview(bytearray(range(16))).cast("i")', 'int32', 'Int32Array'],
  ['memoryview(bytearray(range(24))).cast("B", (2, 3, 4))', 'uint8', 'Uint8Array'],
  ['memoryview(bytearray(range(24))).cast("h", (3, 4))', 'int16', 'Int16Array'],
  ['memoryview(bytearray(range(8))).cast("d", ())', 'float64', 'Float64Array'],
  ['memoryview(bytearray(b"abc")).cast("c")', 'S1', 'which no typed array has'],
  ['memoryview(bytearray([0, 1, 2])).cast("?")', 'bool', 'Uint8Array'],
  ['memoryview(bytearray(8)).cast("n")', 'int64', 'BigInt64Array'],
  ['array.array("b", [-128, 127])', 'int8', 'Int8Array'],
  ['array.array("B", [0, 255])', 'uint8', 'Uint8Array'],
  ['array.array("h", [-(2**15), 2**15 - 1])', 'int16', 'Int16Array'],
  ['array.array("H", [0, 2**16 - 1])', 'uint16', 'Uint16Array'],
  ['array.array("i", [-(2**31), 2**31 - 1])', 'int32', 'Int32Array'],
  ['array.array("I", [0, 2**32 - 1])', 'uint32', 'Uint32Array'],
  ['array.array("q", [-(2**63), 2**63 - 1])', 'int64', 'BigInt64Array'],
  ['array.array("Q", [0, 2**64 - 1])', 'uint64', 'BigUint64Array'],
  ['array.array("f", [0.5, float("inf"), float("nan"), -0.0])', 'float32', 'Float32Array'],
  ['array.array("d", [0.1, float("-inf"), float("nan"), -0.0])', 'float64', 'Float64Array'],
  ['array.array("d")', 'float64', 'Float64Array'],
  ['mmap.mmap(-1, 5)', 'uint8', 'Uint8Array'],
  ['mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)', 'uint8', 'read-only'],
  ['mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)', 'uint8', 'Uint8Array'],
]

if (process.platform !== 'win32') {
  ofPython.push(
    ['array.array("l", [-(2**63), 2**63 - 1])', 'int64', 'BigInt64Array'],
    ['array.array("L", [0, 2**64 - 1])', 'uint64', 'BigUint64Array'],
  )
}

/** Python's own tolist has no items of these: what they are is said here. */
const ofCtypes: [...Row, expected: unknown][] = [
  ['array.array("u", "aé€😀")', 'U1', 'which no typed array has', [...'aé€😀']],
  ['(ctypes.c_int * 3)(1, 2, 3)', 'int32', 'Int32Array', [1, 2, 3]],
  ['(ctypes.c_long * 1)(-1)', 'int64', 'BigInt64Array', [-1n]],
  ['ctypes.c_double(1.5)', 'float64', 'Float64Array', 1.5],
  ['ctypes.c_bool(True)', 'bool', 'Uint8Array', true],
  [
    '((ctypes.c_short * 3) * 2)((1, 2, 3), (4, 5, 6))',
    'int16',
    'Int16Array',
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
  ],
  ['(ctypes.c_char * 4)(b"a", b"\\0", b"c", b"\\0")', 'S1', 'no typed array', bytesOf('a\0c\0')],
  ['(ctypes.c_wchar * 3)("a", "€")', 'U1', 'no typed array', ['a', '€', '']],
  ['(ctypes.c_int.__ctype_be__ * 2)(1, 2)', '>i4', 'newbyteorder', [1, 2]],
  [
    point,
    '{x: int32, y: float64, name: (3)S1, flags: (2)bool}',
    'which no typed array has',
    pointItem,
  ],
  [
    `(Point * 2)(Point(), ${point})`,
    '{x: int32, y: float64, name: (3)S1, flags: (2)bool}',
    'which no typed array has',
    [{ x: 0, y: 0, name: bytesOf('\0\0\0'), flags: [false, false] }, pointItem],
  ],
  [
    'Point3(1, 2.5, b"ab", (True, False), 9)',
    '{x: int32, y: float64, name: (3)S1, flags: (2)bool, z: int16}',
    'which no typed array has',
    { ...pointItem, z: 9 },
  ],
  [
    `Line(7, (${point}, ${point}), "é")`,
    '{id: int8, ends: (2){x: int32, y: float64, name: (3)S1, flags: (2)bool}, letter: U1}',
    'which no typed array has',
    { id: 7, ends: [pointItem, pointItem], letter: 'é' },
  ],
  ['Packed(1, 2)', '{a: int8, b: int32}', 'which no typed array has', { a: 1, b: 2 }],
  ['Reversed(1, 2)', '{a: int8, b: >i4}', 'which no typed array has', { a: 1, b: 2 }],
]

if (version < 12) {
  // Its format is that of one byte: who knows that it is packed is not asked.
  ofCtypes.splice(-2, 1)
}

describe('of Python’s own types', () => {
  test.each(ofPython)('%s', (source, dtype, data) => {
    const object = evaluate(source)
    const view = python.view(object)
    expect(view.dtype).toBe(dtype)
    checkLayout(view, object)
    checkItems(view, items(object))
    checkData(view, data)
  })

  test.each(ofCtypes)('%s', (source, dtype, data, expected) => {
    const view = python.view(evaluate(source))
    expect(view.dtype).toBe(dtype)
    expect(view.format).toBe(python.eval('lambda o: memoryview(o).format')(view.object))
    checkItems(view, expected)
    checkData(view, data)
  })

  test.each([
    ['a union', 'Either(1)', 'V8'],
    ['bit fields', 'Bits(1, 2, 3)', 'V16'],
    ['a pointer', 'ctypes.c_void_p(1)', 'V8'],
    ['a long double', 'ctypes.c_longdouble(1)', `V${process.arch === 'x64' ? 16 : 8}`],
  ])('%s is bytes alone', (_, source, dtype) => {
    const object = evaluate(source)
    const view = python.view(object)
    expect([view.dtype, view.itemSize]).toEqual([dtype, Number(dtype.slice(1))])
    expect(refusal('CONVERSION', () => view.at())).toContain('use bytes')
    expect(refusal('CONVERSION', () => view.data)).toContain('no typed array')
    expect(Buffer.from(view.bytes)).toEqual(python.eval('lambda o: bytes(o)')(object))
  })
})

const ofNumpy: Row[] = [
  ['np.array([True, False])', 'bool', 'Uint8Array'],
  ['np.array([-128, 127], "i1")', 'int8', 'Int8Array'],
  ['np.array([0, 255], "u1")', 'uint8', 'Uint8Array'],
  ['np.array([-(2**15), 2**15 - 1], "i2")', 'int16', 'Int16Array'],
  ['np.array([0, 2**16 - 1], "u2")', 'uint16', 'Uint16Array'],
  ['np.array([-(2**31), 2**31 - 1], "i4")', 'int32', 'Int32Array'],
  ['np.array([0, 2**32 - 1], "u4")', 'uint32', 'Uint32Array'],
  ['np.array([-(2**63), 2**63 - 1], "i8")', 'int64', 'BigInt64Array'],
  ['np.array([0, 2**64 - 1], "u8")', 'uint64', 'BigUint64Array'],
  ['np.array([1, 2], np.longlong)', 'int64', 'BigInt64Array'],
  ['np.array([1, 2], np.intc)', 'int32', 'Int32Array'],
  ['np.array([0.5, -0.0, np.inf, np.nan, 65504, 6e-8, 1e-4], "f2")', 'float16', halfArray],
  ['np.arange(2**16, dtype="u2").view("f2")', 'float16', halfArray],
  ['np.array([0.1, -0.0, -np.inf, np.nan, 1e-45], "f4")', 'float32', 'Float32Array'],
  ['np.array([0.1, -0.0, -np.inf, np.nan, 5e-324])', 'float64', 'Float64Array'],
  ['np.array([1 + 2j, complex(np.nan, -0.0)], "c8")', 'complex64', 'Float32Array'],
  ['np.array([1 + 2j, complex(np.inf, -0.0)])', 'complex128', 'Float64Array'],
  ['np.array(["2026-01-02", "NaT"], "M8[D]")', 'datetime64[D]', 'BigInt64Array'],
  ['np.array(["2026-01-02T03:04:05.678901", "NaT"], "M8[ns]")', 'datetime64[ns]', 'BigInt64Array'],
  ['np.array([1, 2], "M8[25s]")', 'datetime64[25s]', 'BigInt64Array'],
  ['np.array(["NaT"], "M8")', 'datetime64', 'BigInt64Array'],
  ['np.array([1, "NaT"], "m8[ms]")', 'timedelta64[ms]', 'BigInt64Array'],
  ['np.array([1, "NaT"], ">M8[us]")', '>M8[us]', 'no typed array'],
  ['np.array(["2026", "NaT"], "M8[Y]")[::-1]', 'datetime64[Y]', 'backwards'],
  ['np.array([b"ab", b"", b"abc"])', 'S3', 'no typed array'],
  ['np.array(["ab", "", "é€😀"])', 'U3', 'no typed array'],
  ['np.array(["ab", "é€😀"], ">U3")', 'U3', 'no typed array'],
  ['np.array([1, -2], ">i2")', '>i2', 'newbyteorder'],
  ['np.array([1, 2**40], ">u8")', '>u8', 'newbyteorder'],
  ['np.array([0.1, np.nan], ">f4")', '>f4', 'newbyteorder'],
  ['np.array([0.5, 2], ">f2")', '>f2', 'newbyteorder'],
  ['np.array([1 + 2j], ">c16")', '>c16', 'newbyteorder'],
  ['np.arange(24, dtype="f8").reshape(2, 3, 4)', 'float64', 'Float64Array'],
  ['np.arange(24, dtype="f8").reshape(2, 3, 4).T', 'float64', 'Float64Array'],
  ['np.asfortranarray(np.arange(6, dtype="i2").reshape(2, 3))', 'int16', 'Int16Array'],
  ['np.arange(24, dtype="f8").reshape(4, 6)[1:, ::2]', 'float64', 'Float64Array'],
  ['np.arange(24, dtype="f8").reshape(4, 6)[::-1, 1:3]', 'float64', 'backwards'],
  ['np.arange(6, dtype="i4")[:1][::-1]', 'int32', 'Int32Array'],
  ['np.broadcast_to(np.arange(3, dtype="i4"), (2, 3))', 'int32', 'read-only'],
  [
    'np.lib.stride_tricks.as_strided(np.arange(3, dtype="i4"), (2, 3), (0, 4))',
    'int32',
    'Int32Array',
  ],
  ['np.lib.stride_tricks.sliding_window_view(np.arange(5, dtype="u1"), 2)', 'uint8', 'read-only'],
  ['np.array(5, "i4")', 'int32', 'Int32Array'],
  ['np.float64(0.5)', 'float64', 'read-only'],
  ['np.zeros((0, 3))', 'float64', 'Float64Array'],
  ['np.zeros((3, 0), "f4")', 'float32', 'Float32Array'],
  ['np.zeros((2, 1, 2), "u1")', 'uint8', 'Uint8Array'],
  ['np.zeros((1,) * 32, "u1")', 'uint8', 'Uint8Array'],
  ['records', 'T', 'which no typed array has'],
  ['records[::2]["b"]', 'float64', 'not aligned'],
  ['records["t"]', 'int16', 'Int16Array'],
  ['records[1]', 'T', 'read-only'],
  ['records[:0]', 'T', 'which no typed array has'],
  ['aligned', 'T', 'which no typed array has'],
  ['aligned["b"]', 'float64', 'Float64Array'],
  ['np.frombuffer(bytearray(20), "i4", 4, 1)', 'int32', 'not aligned'],
  ['np.frombuffer(bytearray(20), "i4", 4, 4)', 'int32', 'Int32Array'],
  ['nested', 'T', 'which no typed array has'],
  ['np.zeros(2, [])', 'T', 'which no typed array has'],
  [
    'np.zeros(2, {"names": ["a", "b"], "formats": ["f8", "i2"], "offsets": [3, 16]})',
    'T',
    'no typed array',
  ],
  ['np.zeros(2, {"names": ["a"], "formats": ["i2"], "itemsize": 9})', 'T', 'no typed array'],
]

if (!hasNumpy) skipLoudly('arrays of NumPy', `${python.info.executable} has no numpy`)
else {
  python.exec(`
import numpy as np
records = np.array(
    [(1, 0.5, b"ab", "é", [[1, 2], [3, 4]], (5, 6 + 7j))] * 3,
    [(("a title", "a"), "i1"), ("b", "f8"), ("s", "S3"), ("u", "U2"), ("t", "i2", (2, 2)), ("n", [("d", ">i4"), ("c", "c16")])])
records["a"] = [1, 2, 3]
aligned = np.array([(1, 0.5, True)] * 2, np.dtype([("a", "i1"), ("b", "f8"), ("c", "?")], align=True))
inner = np.dtype([("a", "i4"), ("b", "i1")], align=True)
nested = np.zeros(2, np.dtype([("x", inner, (3,)), ("y", "i4")], align=True))
nested["x"]["a"] = np.arange(6).reshape(2, 3)
nested["y"] = [7, 8]
`)

  describe('of NumPy', () => {
    test.each(ofNumpy)('%s', (source, dtype, data) => {
      const object = evaluate(source)
      const view = python.view(object)
      if (dtype !== 'T') expect(view.dtype).toBe(dtype)
      else expect(view.dtype).toMatch(/^\{.*\}$/)
      if (!/M8|m8|datetime/.test(source)) checkLayout(view, object)
      checkItems(view, items(object))
      checkData(view, data)
    })

    test('structured items say what their fields are', () => {
      const { dtype } = python.view(evaluate('records'))
      const n = '{d: >i4, c: complex128}'
      expect(dtype).toBe(`{a: int8, b: float64, s: S3, u: U2, t: (2, 2)int16, n: ${n}}`)
      expect(python.view(evaluate('nested')).dtype).toBe('{x: (3){a: int32, b: int8}, y: int32}')
    })

    test('fields are where NumPy has them, though its format does not say so', () => {
      for (const source of ['records', 'aligned', 'nested']) {
        const view = python.view(evaluate(`memoryview(${source})[1:]`))
        expect(view.toArray()).toEqual(items(evaluate(`${source}[1:]`)))
      }
    })

    test('a view stays what it is while the type of its array changes', () => {
      python.exec('times = np.array([1, 2], "M8[s]")')
      const times = evaluate('times')
      const view = python.view(times)
      expect(view.dtype).toBe('datetime64[s]')
      python.exec(
        'import warnings\nwith warnings.catch_warnings():\n  warnings.simplefilter("ignore")\n  times.dtype = "M8[ms]"',
      )
      expect(python.view(times).dtype).toBe('datetime64[ms]')
      expect(view.dtype).toBe('datetime64[s]')
    })

    test.each([
      ['np.zeros(2, "V3")', 'V3'],
      ['np.array([1], "g")', `V${process.arch === 'x64' ? 16 : 8}`],
      ['np.array([1], "G")', `V${process.arch === 'x64' ? 32 : 16}`],
      ['np.array([(1,)], [("a", "g")])', '{a: V16}'],
    ])('%s is bytes alone', (source, dtype) => {
      const object = evaluate(source)
      const view = python.view(object)
      expect(view.dtype).toBe(dtype)
      expect(refusal('CONVERSION', () => view.at(0))).toContain('use bytes')
      expect(refusal('CONVERSION', () => view.toArray())).toContain('use bytes')
      expect(refusal('CONVERSION', () => view.copy())).toContain('no typed array')
      expect(Buffer.from(view.bytes)).toEqual(python.eval('lambda o: o.tobytes()')(object))
    })

    test.each([
      ['np.array([object()])', 'x.tolist()'],
      ['np.array([(1, None)], [("a", "i4"), ("b", "O")])', 'x.tolist()'],
      ['np.array(["a"], np.dtypes.StringDType())', 'x.tolist()'],
      ['np.array([(1, "2026")], [("a", "i4"), ("b", "M8[D]")])', 'cannot be exported'],
      [
        'np.zeros(2, {"names": ["a", "b"], "formats": ["i4", "i2"], "offsets": [0, 0]})',
        'cannot be exported',
      ],
    ])('%s is refused', (source, why) => {
      expect(refusal('CONVERSION', () => python.view(evaluate(source)))).toContain(why)
    })
  })
}

function checkLayout(view: PyBuffer, object: PyProxy): void {
  expect([view.shape, view.strides, view.itemSize, view.readonly]).toEqual(layout(object))
  expect(view.order).toBe(order(object))
  expect(view.length).toBe(view.shape.reduce((product, each) => product * each, 1))
  expect(view.byteLength).toBe(view.length * view.itemSize)
  expect(Object.isFrozen(view.shape) && Object.isFrozen(view.strides)).toBe(true)
  expect(view.object).toBe(object)
  expect(view.isCopy).toBe(false)
}

/** Every way to read gives what Python says. */
function checkItems(view: PyBuffer, expected: unknown): void {
  expect(view.toArray()).toEqual(expected)
  if (view.shape.length === 0) {
    expect(view.at()).toEqual(expected)
    return
  }
  const rows = expected as unknown[]
  expect([...view].map(plain)).toEqual(rows)
  for (const [i, row] of rows.entries()) {
    expect(plain(view.at(i))).toEqual(row)
    expect(plain(view.at(i - rows.length))).toEqual(row)
  }
  expect(view.at(rows.length)).toBe(undefined)
  expect(view.at(-rows.length - 1)).toBe(undefined)
  expect(view.slice(null, null, -1).toArray()).toEqual([...rows].reverse())
  expect(view.slice(1, -1).toArray()).toEqual(rows.slice(1, -1))
}

/** The typed array is of that class, and over the same memory; or says why there is none. */
function checkData(view: PyBuffer, data: string): void {
  if (!data.endsWith('Array')) {
    expect(refusal('CONVERSION', () => view.data)).toContain(data)
    if (!view.readonly) return
  } else {
    expect(view.data.constructor.name).toBe(data)
    expect(view.data).toBe(view.data)
    if (view.length === 0) return
    expect(view.data.buffer).toBe(view.bytes.buffer)
    expect(view.order === 'C' ? view.data : view.copy()).toEqual(view.copy())
  }
}

describe('parts', () => {
  const grid = python.view(evaluate('memoryview(bytearray(range(24))).cast("B", (2, 3, 4))'))
  const all = grid.toArray()

  test.each<[string, () => unknown, unknown]>([
    ['slice()', () => grid.slice(), all],
    ['slice(1)', () => grid.slice(1), all.slice(1)],
    ['slice(null, 1)', () => grid.slice(null, 1), all.slice(0, 1)],
    ['slice(undefined, -1)', () => grid.slice(undefined, -1), all.slice(0, 1)],
    ['slice(null, null, -1)', () => grid.slice(null, null, -1), [...all].reverse()],
    ['slice(-100, 100)', () => grid.slice(-100, 100), all],
    ['slice(5, 1)', () => grid.slice(5, 1), []],
    ['slice([1])', () => grid.slice([1]), all.slice(1)],
    [
      'slice([], [1, 3])',
      () => grid.slice([], [1, 3]),
      all.map((row: unknown[]) => row.slice(1, 3)),
    ],
    ['slice([0, 1], null, [])', () => grid.slice([0, 1], null, []), all.slice(0, 1)],
    ['slice(0, [])', () => grid.slice(0, []), all[0]],
    ['slice(-1, -1, [1, null, 2])', () => grid.slice(-1, -1, [1, null, 2]), [21, 23]],
    ['slice([], 2, 3)', () => grid.slice([], 2, 3), [11, 23]],
    [
      'slice([null, null, -1], 0, [3, 0, -2])',
      () => grid.slice([null, null, -1], 0, [3, 0, -2]),
      [
        [15, 13],
        [3, 1],
      ],
    ],
    ['slice([3], 0)', () => grid.slice([3], 0), []],
    ['at()', () => grid.at(), all],
    ['at(1)', () => grid.at(1), all[1]],
    ['at(-1, -3)', () => grid.at(-1, -3), all[1][0]],
    ['at(1, 2, 3)', () => grid.at(1, 2, 3), 23],
    ['at(1, 3)', () => grid.at(1, 3), undefined],
    ['at(2, 9, 9)', () => grid.at(2, 9, 9), undefined],
    [
      'a part of a part',
      () => grid.slice([], [1]).at(1).slice(null, null, -1).slice([1], [1, 3]),
      [[17, 18]],
    ],
  ])('%s', (_, body, expected) => {
    expect(plain(body())).toEqual(expected)
  })

  test('have the same memory', () => {
    const bytes = python.view(evaluate('bytearray(range(10))'))
    const part = bytes.slice(2, 8, 3)
    expect([part.shape, part.strides, part.order, part.byteLength]).toEqual([[2], [3], null, 2])
    expect([...part.data]).toEqual([2, 3, 4, 5])
    expect([...part.bytes]).toEqual([2, 3, 4, 5])
    expect([...part.copy()]).toEqual([2, 5])
    part.data[3] = 50
    expect([bytes.at(5), part.at(1)]).toEqual([50, 50])
    expect(part.data.buffer).toBe(bytes.data.buffer)
    expect(part.object).toBe(bytes.object)
    part.copy()[0] = 99
    expect(part.at(0)).toBe(2)
  })

  test('passed to Python, they are the object', () => {
    const view = python.view(evaluate('bytearray(b"abc")'))
    expect(python.eval('lambda o: o')(view)).toBe(view.object)
    expect(python.eval('lambda o: o[0]')([view.slice(1)])).toBe(view.object)
    expect(python.view(view as unknown as PyProxy).data).toBe(view.data)
  })

  test.each<[string, () => unknown, string]>([
    ['too many indices', () => grid.at(0, 0, 0, 0), 'at takes 3 indices'],
    ['too many ranges', () => grid.slice([], [], [], []), 'slice takes 3 ranges'],
    ['an index between two', () => grid.at(0.5), 'an index is an integer, not 0.5'],
    ['an index that is a text', () => grid.at('0' as unknown as number), 'not 0'],
    ['NaN', () => grid.at(Number.NaN), 'not NaN'],
    ['an index that is infinite', () => grid.at(Number.POSITIVE_INFINITY), 'not Infinity'],
    ['a bigint', () => grid.at(0n as unknown as number), 'an index is an integer'],
    ['a range of a fraction', () => grid.slice(0, 1.5), 'not 1.5'],
    ['a range of a text', () => grid.slice(['a' as unknown as number]), 'not a'],
    ['a step of 0', () => grid.slice(0, 1, 0), 'the step of a range is not 0'],
    ['a number that no axis has', () => grid.slice(2, []), 'there is no item 2 along an axis of 2'],
    ['a fraction in the place of a range', () => grid.slice([], 0.5), 'there is no item 0.5'],
    ['items of what has no axis', () => [...python.view(evaluate('ctypes.c_int(1)'))], 'use at()'],
  ])('%s is refused', (_, body, why) => {
    expect(refusal('INVALID_ARGUMENT', body)).toContain(why)
  })

  test('one without axes is whole', () => {
    const view = python.view(evaluate('ctypes.c_int(7)'))
    expect([view.at(), view.toArray(), view.slice().at(), view.length]).toEqual([7, 7, 7, 1])
    expect([...view.copy(), ...view.data]).toEqual([7, 7])
    expect([view.shape, view.strides, view.order]).toEqual([[], [], 'C'])
  })
})

describe('memory that is read-only', () => {
  const view = python.view(evaluate('b"abc"'))

  test('can be read, and has no typed array', () => {
    expect([view.at(0), view.toArray(), [...view.copy()]]).toEqual([97, [97, 98, 99], [97, 98, 99]])
    for (const body of [() => view.data, () => view.bytes, () => view.slice(1).data]) {
      expect(refusal('CONVERSION', body)).toContain('unsafe: true')
    }
  })

  test('has one where the caller promises not to write', () => {
    const unsafe = python.view(view.object, { unsafe: true })
    expect([...unsafe.data]).toEqual([97, 98, 99])
    expect([...unsafe.bytes]).toEqual([97, 98, 99])
    expect([...unsafe.slice(1).data]).toEqual([98, 99])
    expect(unsafe.readonly).toBe(true)
    expect(refusal('CONVERSION', () => view.data)).toContain('unsafe: true')
    expect(refusal('CONVERSION', () => python.view(view.object, {}).data)).toContain('unsafe: true')
  })
})

describe('what Python refuses:', () => {
  python.exec(`
class Exports:
    def __init__(self, **attributes): self.__dict__.update(attributes)
class Interface(Exports):
    @property
    def __array_interface__(self): return self.interface
class Cuda(Exports):
    __cuda_array_interface__ = {}
class Tensor(Exports):
    def __dlpack_device__(self): return (2, 0)
    def __dlpack__(self, **keywords): raise AssertionError('on another device')
class Unwilling(Exports):
    def __dlpack_device__(self): return (1, 0)
    def __dlpack__(self, **keywords): raise BufferError('not now')
class Ancient(Exports):
    def __dlpack_device__(self): return (1, 0)
    def __dlpack__(self): raise RuntimeError('requires grad')
class Wrong(Exports):
    def __dlpack_device__(self): return (1, 0)
    def __dlpack__(self, **keywords): return 5
class Array(Exports):
    def __array__(self): return None
gone = memoryview(b'abc')
gone.release()
`)

  test.each([
    ['5', 'exports no memory'],
    ['"text"', 'exports no memory'],
    ['[1, 2]', 'exports no memory'],
    ['object()', 'exports no memory'],
    ['int', 'exports no memory'],
    ['Holder()', 'x.tolist()'],
    ['(ctypes.py_object * 2)()', 'x.tolist()'],
    ['Cuda()', '.cpu()'],
    ['Tensor()', '.cpu()'],
    ['Unwilling()', 'not now'],
    ['Ancient()', 'requires grad'],
    ['Array()', 'numpy.asarray(x)'],
    [
      'Interface(interface={"shape": (1,), "typestr": "|u1", "data": None, "version": 3})',
      'gives a copy',
    ],
    [
      'Interface(interface={"shape": (1,), "typestr": "|u1", "data": (1, True), "mask": 1, "version": 3})',
      'masked',
    ],
    [
      'Interface(interface={"shape": (1,), "typestr": "|O8", "data": (1, True), "version": 3})',
      '|O8',
    ],
  ])('%s', (source, why) => {
    expect(refusal('CONVERSION', () => python.view(evaluate(source)))).toContain(why)
  })

  test('a memoryview that was released', () => {
    expect(refusal('RELEASED', () => python.view(evaluate('gone')))).toContain('let go')
  })

  test('a proxy that was released', () => {
    const object = evaluate('bytearray(3)')
    object[Symbol.dispose]()
    refusal('RELEASED', () => python.view(object))
  })

  test('a capsule that is none', () => {
    expect(String(thrown(() => python.view(evaluate('Wrong()'))))).toContain('PyCapsule')
  })

  test('rows that lie apart in memory', () => {
    const testbuffer = python.eval(
      '__import__("importlib.util").util.find_spec("_testbuffer") is None',
    )
    if (testbuffer) return console.warn('suboffsets are not tested: this Python has no _testbuffer')
    python.exec('from _testbuffer import *')
    const object = evaluate('ndarray(list(range(6)), shape=[2, 3], format="B", flags=ND_PIL)')
    expect(refusal('CONVERSION', () => python.view(object))).toContain('suboffsets')
    python.eval('lambda: None')()
  })

  test.each([1, 'text', null, undefined, true, {}, [], new Uint8Array(3), () => 1, Symbol('s')])(
    'a value of JavaScript’s: %o',
    (value) => {
      refusal('INVALID_ARGUMENT', () => python.view(value as unknown as PyProxy))
    },
  )

  test('an exporter of Python’s own that raises', ({ skip }) => {
    if (version < 12) return skip('classes export memory from Python 3.12 on')
    python.exec(`
class Buffer(Exports):
    def __buffer__(self, flags):
        if self.error is not None: raise self.error
        return memoryview(self.bytes)
    def __release_buffer__(self, view):
        self.released = getattr(self, 'released', 0) + 1
`)
    expect(
      String(thrown(() => python.view(evaluate('Buffer(error=ValueError("why"))')))),
    ).toContain('why')
    expect(
      refusal('CONVERSION', () => python.view(evaluate('Buffer(error=TypeError("why"))'))),
    ).toContain('exports no memory')
    const object = evaluate('Buffer(error=None, bytes=bytearray(b"abc"))')
    const view = python.view(object)
    expect(view.toArray()).toEqual([97, 98, 99])
    view.release()
    expect(object.released).toBeGreaterThan(0)
  })
})

test('text whose characters are none is refused', () => {
  const view = python.view(evaluate('memoryview((ctypes.c_uint32 * 2)(97, 0x110000))'))
  expect(view.toArray()).toEqual([97, 0x110000])
  const text = python.view(
    evaluate('(ctypes.c_wchar * 2).from_buffer((ctypes.c_uint32 * 2)(97, 0x110000))'),
  )
  expect(text.at(0)).toBe('a')
  if (text.itemSize === 4) expect(refusal('CONVERSION', () => text.at(1))).toContain('1114112')
})

describe('a buffer as text:', () => {
  test.each([
    ['bytearray(3)', 'PyBuffer uint8 [3]'],
    ['b"abc"', 'PyBuffer uint8 [3] read-only'],
    ['memoryview(bytearray(8)).cast("B", (2, 4))', 'PyBuffer uint8 [2, 4]'],
  ])('%s', (source, text) => {
    const view = python.view(evaluate(source))
    expect(inspect(view)).toBe(text)
    expect(Object.prototype.toString.call(view)).toBe('[object PyBuffer]')
    view.release()
    expect(inspect(view)).toBe('PyBuffer (released)')
  })
})

test('a buffer that was released says so, whatever is asked', () => {
  const view = python.view(evaluate('bytearray(3)'))
  const part = view.slice(1)
  view.release()
  for (const each of [view, part]) {
    const bodies = [
      () => each.data,
      () => each.bytes,
      () => each.at(0),
      () => each.at(),
      () => each.slice(1),
      () => each.toArray(),
      () => each.copy(),
      () => [...each],
    ]
    for (const body of bodies) expect(refusal('RELEASED', body)).toContain('python.view(x)')
  }
  expect([view.shape, view.dtype, view.length]).toEqual([[3], 'uint8', 3])
})

test('what tells by its interface where its memory is', () => {
  python.exec(`
class Kept(Exports):
    def __init__(self, typestr, shape, strides=None, readonly=False, data=bytes(range(64))):
        self.kept = bytearray(data)
        address = ctypes.addressof((ctypes.c_char * len(data)).from_buffer(self.kept))
        self.__array_interface__ = {'shape': shape, 'typestr': typestr, 'strides': strides, 'data': (address, readonly), 'version': 3}
class Interfaced(Kept):
    @property
    def __array_interface__(self): return self.interface
    @__array_interface__.setter
    def __array_interface__(self, value): self.interface = value
`)
  for (const [source, dtype, expected] of [
    [
      'Interfaced("<i4", (2, 2))',
      'int32',
      [
        [50462976, 117835012],
        [185207048, 252579084],
      ],
    ],
    ['Interfaced("<i4", (2,), (8,))', 'int32', [50462976, 185207048]],
    ['Interfaced(">i2", (2,))', '>i2', [1, 515]],
    ['Interfaced("|b1", (3,))', 'bool', [false, true, true]],
    ['Interfaced("|S2", (2,), data=b"ab\\0\\0")', 'S2', [Buffer.from('ab'), Buffer.from('')]],
    ['Interfaced("<U1", (1,), data=b"a\\0\\0\\0")', 'U1', ['a']],
    ['Interfaced("<f8", (0, 3))', 'float64', []],
  ] as [string, string, unknown][]) {
    const view = python.view(evaluate(source))
    expect([view.dtype, view.toArray()]).toEqual([dtype, expected])
    expect(view.readonly).toBe(false)
  }
  expect(python.view(evaluate('Interfaced("|u1", (2,), None, True)')).readonly).toBe(true)
})
