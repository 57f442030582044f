// JSON.stringify of a proxy is what a reader of JSON expects, or throws with the path; never {}.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type PyProxy, python } from '../../lib/index.js'
import { environmentWith, skipLoudly } from '../fixtures/pythons.js'
import { refusal, thrown } from '../fixtures/thrown.js'

python.exec(`
import array, collections, dataclasses, datetime, decimal, enum, fractions, ipaddress, pathlib
import sys, types, typing, uuid
from datetime import timedelta, timezone
from decimal import Decimal
from pybridge import BigInt, Map, undefined

class Color(enum.Enum):
    RED = 'red'
    PAIR = (1, 2)
class Level(enum.IntEnum):
    LOW = 1
class Plain(enum.Enum):
    ONE = 1
class Name(str, enum.Enum):
    ANN = 'ann'
class Bits(enum.Flag):
    A = 1
    B = 2
class Text(str):
    def __str__(self): return 'something else'
Pair = collections.namedtuple('Pair', 'a b')

@dataclasses.dataclass
class Point:
    x: float
    y: typing.Any = None
    shared: typing.ClassVar[int] = 5

class Lazy(collections.abc.Mapping):
    def __init__(self, **items): self.items_ = items
    def __getitem__(self, key): return self.items_[key]
    def __len__(self): return len(self.items_)
    def __iter__(self): return iter(self.items_)

class Squares(collections.abc.Sequence):
    def __getitem__(self, i):
        if i > 3: raise IndexError
        return i * i
    def __len__(self): return 4

class Endless(collections.abc.Mapping):
    def __getitem__(self, key): return Endless()
    def __len__(self): return 1
    def __iter__(self): return iter(['a'])

class Vast(Squares):
    def __len__(self): return sys.maxsize

class Attrs:
    __attrs_attrs__ = (types.SimpleNamespace(name='a'), types.SimpleNamespace(name='b'))
    a, b = 1, [2]

class Itself:
    model_fields = {}
    def model_dump(self, mode): return self

keep = types.SimpleNamespace
`)

/** A reference, whatever the table says of its copy. */
const hold = (source: string): PyProxy => python.ref(python.eval(`[${source}]`))[0]
const held = (source: string): PyProxy => {
  const proxy = hold(source)
  const isProxy = typeof proxy === 'object' || typeof proxy === 'function'
  return isProxy ? proxy : python.ref(proxy)
}

describe('has the form of', () => {
  test.each([
    ['datetime.date(2026, 1, 2)', '"2026-01-02"'],
    ['datetime.time(3, 4, 5, 600)', '"03:04:05.000600"'],
    ['[datetime.datetime(2026, 1, 2, 3, 4, 5, 678901)]', '["2026-01-02T03:04:05.678901"]'],
    ['[datetime.datetime(2026, 1, 2, tzinfo=timezone.utc)]', '["2026-01-02T00:00:00+00:00"]'],
    ['timedelta(0)', '"PT0S"'],
    ['timedelta(days=1, hours=2, minutes=3, seconds=4.5)', '"P1DT2H3M4.5S"'],
    ['timedelta(seconds=-90)', '"-PT1M30S"'],
    ['timedelta(microseconds=1)', '"PT0.000001S"'],
    ['timedelta(days=400)', '"P400D"'],
    ['Decimal("1.50")', '"1.50"'],
    ['Decimal("NaN")', '"NaN"'],
    ['fractions.Fraction(1, 3)', '"1/3"'],
    ['uuid.UUID(int=1)', '"00000000-0000-0000-0000-000000000001"'],
    ['pathlib.PurePosixPath("/a/b")', '"/a/b"'],
    ['ipaddress.ip_address("127.0.0.1")', '"127.0.0.1"'],
    ['Color.RED', '"red"'],
    ['Color.PAIR', '[1,2]'],
    ['Level.LOW', '1'],
    ['Name.ANN', '"ann"'],
    ['Bits.A | Bits.B', '3'],
    ['Text("text")', '"text"'],
    ['collections.UserString("text")', '"text"'],
    ['Pair(1, [2])', '[1,[2]]'],
    ['Point(1.5, Point(2.0))', '{"x":1.5,"y":{"x":2,"y":null}}'],
    ['Attrs()', '{"a":1,"b":[2]}'],
    ['range(1, 10, 3)', '[1,4,7]'],
    ['collections.deque([1, 2])', '[1,2]'],
    ['array.array("i", [1, 2])', '[1,2]'],
    ['memoryview(b"ab")', '[97,98]'],
    ['collections.OrderedDict(b=1, a=2)', '{"b":1,"a":2}'],
    ['collections.defaultdict(list, a=[1])', '{"a":[1]}'],
    ['collections.Counter("aab")', '{"a":2,"b":1}'],
    ['types.MappingProxyType({"a": 1})', '{"a":1}'],
    ['collections.ChainMap({"a": 1})', '{"a":1}'],
    ['collections.UserDict(a=collections.UserList([1]))', '{"a":[1]}'],
    ['Lazy(a=Lazy(b=Decimal(1)))', '{"a":{"b":"1"}}'],
    ['Squares()', '[0,1,4,9]'],
    ['Map({"a": 1})', '{"a":1}'],
    ['{Text("a"): 1, Name.ANN: 2}', '{"a":1,"ann":2}'],
    ['{"__proto__": 1, "7": 2}', '{"7":2,"__proto__":1}'],
    ['[BigInt(5), undefined, float("nan"), 1.0]', '[5,null,null,1]'],
    ['[b"a"]', '[{"type":"Buffer","data":[97]}]'],
    ['bytearray(b"a")', '{"type":"Buffer","data":[97]}'],
    ['("\\ud83d", "é€😀")', '["\\ud83d","é€😀"]'],
    ['[datetime.date.max, (Decimal(2), {"k": Level.LOW})]', '["9999-12-31",["2",{"k":1}]]'],
  ])('%s', (source, json) => {
    const proxy = held(source)
    expect(JSON.stringify(proxy)).toBe(json)
    expect(JSON.stringify([proxy, { a: proxy }])).toBe(`[${json},{"a":${json}}]`)
  })

  test('what JavaScript made, by JavaScript', () => {
    const list = python.ref([new URL('http://a/'), new Date(0), 'a'])
    expect(JSON.stringify(list)).toBe('["http://a/","1970-01-01T00:00:00+00:00","a"]')
  })

  test('a toJSON of its own', () => {
    expect(JSON.stringify(python.eval('keep(toJSON=lambda key: ["mine"])'))).toBe('["mine"]')
  })
})

describe('is refused, with the path, for', () => {
  test.each([
    ['object()', 'the value is of type object, which has no form in JSON'],
    ['[1, {"a": (object(),)}]', "the value → [1]['a'][0] is of type object"],
    ['Point(1.0, complex(1, 2))', "the value → ['y'] is of type complex"],
    ['slice(1, 2)', 'is of type slice'],
    ['len', 'is of type builtin_function_or_method'],
    ['Point', 'is of type type'],
    ['types', 'is of type module'],
    ['[ValueError("x")]', 'the value → [0] is of type ValueError'],
    ['(n for n in [])', 'is of type generator'],
    ['{1}', 'is of type set, which has no form in JSON: it is no array, but sorted() or list()'],
    ['[frozenset()]', 'the value → [0] is of type frozenset'],
    ['{"a": {}.keys()}', "the value → ['a'] is of type dict_keys"],
    ['[{1: 2}]', 'the value → [0] has keys that are no str'],
    ['[{"\\ud83d" + "\\ude00": 2}]', 'two surrogates'],
    ['["\\ud83d" + "\\ude00"]', 'the value → [0] has two surrogates'],
    ['(lambda a: a.append({"a": a}) or a)([])', "the value → [0]['a'] is in itself (circular)"],
    ['(lambda p: setattr(p, "y", [p]) or p)(Point(1.0))', "the value → ['y'][0] is in itself"],
    ['range(10**12)', 'the value has more than 33554432 items'],
    ['[range(10**30)]', 'the value → [0] has more than'],
    ['Vast()', 'the value has more than'],
    ['Endless()', 'nested more than 1,000 deep'],
    ['Itself()', 'is of type __main__.Itself'],
  ])('%s', (source, message) => {
    const proxy = held(source)
    expect(refusal('CONVERSION', () => JSON.stringify(proxy))).toContain(message)
    refusal('CONVERSION', () => JSON.stringify({ a: [proxy] }))
  })

  test('what is raised on the way arrives', () => {
    python.exec('class Broken(Squares):\n  def __len__(self): raise LookupError("no length")')
    expect(() => JSON.stringify(python.eval('Broken()'))).toThrow('no length')
  })

  test('a large int, as JavaScript refuses a bigint', () => {
    expect(() => JSON.stringify(held('[2**60]'))).toThrow(TypeError)
  })

  test('what was released', () => {
    const list = python.ref([1])
    list[Symbol.dispose]()
    refusal('RELEASED', () => JSON.stringify({ list }))
  })
})

describe('neither hangs nor overflows', () => {
  test('a list nested 100,000 deep: it converts, and JSON.stringify says that it cannot', () => {
    const deep = python.eval('[[]]')
    python.exec('deep = []\nfor _ in range(100_000): deep = [deep]')
    const list = python.eval('keep(x=deep)').x
    expect(Array.isArray(list.toJSON())).toBe(true)
    expect(thrown(() => JSON.stringify(list))).toBeInstanceOf(RangeError)
    expect(JSON.stringify(deep)).toBe('[[]]')
  })

  test('a path that deep is cut', () => {
    python.exec('deep = [object()]\nfor _ in range(100_000): deep = [deep]')
    const list = python.eval('keep(x=deep)').x
    const message = refusal('CONVERSION', () => JSON.stringify(list))
    expect(message).toContain(`the value → …${'[0]'.repeat(50)} is of type object`)
  })

  test('lists that share each other: each is looked at once', () => {
    python.exec('many = [1]\nfor _ in range(100): many = [many, many]')
    const form = python.eval('keep(x=many)').x.toJSON()
    expect(form[0]).toBe(form[1])
  })

  test('a million items', () => {
    expect(JSON.stringify(python.eval('range(1_000_000)')).length).toBe(6_888_891)
  })
})

describe('as a primitive', () => {
  const add = (a: string, b: string) => a + b

  test.each<[source: string, number: number | bigint, text: string, added: string]>([
    ['Decimal("1.50")', 1.5, '1.50', '1.5'],
    ['fractions.Fraction(1, 4)', 0.25, '1/4', '0.25'],
    ['Level.LOW', 1, python.eval('str(Level.LOW)'), '1'],
    ['Plain.ONE', 1, 'Plain.ONE', 'Plain.ONE'],
    ['Color.RED', Number.NaN, 'Color.RED', 'Color.RED'],
    ['datetime.date(2026, 1, 2)', Number.NaN, '2026-01-02', '2026-01-02'],
    ['timedelta(hours=1)', Number.NaN, '1:00:00', '1:00:00'],
    ['uuid.UUID(int=0)', Number.NaN, `${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}`, ''],
    ['pathlib.PurePosixPath("a")', Number.NaN, 'a', 'a'],
    ['complex(1, 2)', Number.NaN, '(1+2j)', '(1+2j)'],
    ['range(3)', Number.NaN, 'range(0, 3)', 'range(0, 3)'],
  ])('%s', (source, number, text, added) => {
    const proxy = python.eval(source)
    expect(Number(proxy)).toBe(number)
    expect(`${proxy}`).toBe(text)
    expect(proxy.toString()).toBe(text)
    expect(add(proxy, '')).toBe(added || text)
  })

  test('a UUID has an __int__, and is no number all the same', () => {
    expect(Number(python.eval('uuid.UUID(int=7)'))).toBeNaN()
  })

  test('dates compare as Python’s text does', () => {
    const [early, late] = python.eval('(datetime.date(2025, 1, 2), datetime.date(2026, 1, 2))')
    expect(early < late).toBe(true)
  })
})

/** What an environment with these modules writes for each of the sources. */
function inEnvironment(modules: string[], sources: string[], prelude: string): unknown[] | null {
  const environment = environmentWith(...modules)
  if (environment === undefined) return null
  const script = `
    import { python } from './dist/index.js'
    python.start({ python: ${JSON.stringify(environment)} })
    python.exec(${JSON.stringify(prelude)})
    const tell = (body) => { try { return body() } catch (error) { return String(error) } }
    console.log(JSON.stringify(${JSON.stringify(sources)}.map((source) => {
      const proxy = python.eval('[' + source + ']')[0]
      return [tell(() => JSON.stringify(proxy)), tell(() => String(Number(proxy)))]
    })))`
  const ended = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    cwd: join(import.meta.dirname, '../..'),
  })
  if (ended.status !== 0) throw new Error(ended.stderr)
  return JSON.parse(ended.stdout) as unknown[]
}

type Case = [source: string, json: string, number?: string]

function testWith(modules: string[], prelude: string, cases: Case[]): void {
  const name = modules.join(' and ')
  const sources = cases.map(([source]) => source)
  const answers = inEnvironment(modules, sources, prelude)
  if (answers === null) return skipLoudly(name, `${name} is not installed`)
  describe(name, () => {
    test.each(cases)('%s', (source, json, number) => {
      const [written, asNumber] = answers[sources.indexOf(source)] as [string, string]
      expect(written).toContain(json)
      if (!json.includes(' ')) expect(written).toBe(json)
      if (number !== undefined) expect(asNumber).toBe(number)
    })
  })
}

testWith(['numpy'], 'import numpy as np', [
  ['np.float32(0.5)', '0.5', '0.5'],
  ['np.float64(0.5)', '0.5', '0.5'],
  ['np.int64(5)', '5', '5'],
  ['np.bool_(True)', 'true', '1'],
  ['np.str_("a")', '"a"'],
  ['np.longdouble(1.5)', '1.5', '1.5'],
  ['np.complex64(1 + 2j)', 'is of type complex, which has no form in JSON', 'NaN'],
  ['np.complex128(1 + 2j)', 'which has no form in JSON', 'NaN'],
  ['np.array([[1, 2], [3, 4]])', '[[1,2],[3,4]]'],
  ['np.array([1.5, float("nan")])', '[1.5,null]'],
  ['np.array(5)', '5', '5'],
  ['np.array([1, object()], dtype=object)', 'the value → [1] is of type object'],
  ['np.array([1 + 2j])', 'the value → [0] is of type complex'],
  ['np.array([(1, 2.5)], dtype=[("a", int), ("b", float)])', '[[1,2.5]]'],
  ['np.ma.array([1, 2], mask=[0, 1])', '[1,null]'],
  ['np.datetime64("2026-01-02")', '"2026-01-02"'],
  ['np.datetime64("2026-01-02T00:00:00.5", "ns")', '"2026-01-02T00:00:00.500000000"'],
  ['np.datetime64("NaT")', 'null'],
  [
    'np.array(["2026-01-02", "NaT"], dtype="datetime64[ns]")',
    '["2026-01-02T00:00:00.000000000",null]',
  ],
  ['np.timedelta64(1500, "ms")', '"PT1.5S"'],
  ['np.timedelta64(1_000, "ns")', '"PT0.000001S"'],
  ['np.timedelta64(1, "ns")', 'is of type numpy.timedelta64, which has no form in JSON'],
  ['np.float64', 'is of type type'],
])

testWith(['numpy', 'pandas'], 'import pandas as pd', [
  ['pd.Timestamp("2026-01-02")', '"2026-01-02T00:00:00"'],
  ['pd.Timedelta("1s")', '"P0DT0H0M1S"'],
  ['pd.NaT', 'null'],
  ['pd.NA', 'null'],
  ['pd.DataFrame({"a": [1]})', 'has no form in JSON: choose one, such as to_dict()'],
  ['pd.Series([1])', 'has no form in JSON: choose one, such as to_dict()'],
  ['{"rows": pd.DataFrame({"a": [1]}).to_dict("records")}', '{"rows":[{"a":1}]}'],
])

testWith(
  ['pydantic'],
  `
import datetime, decimal, pydantic
class Inner(pydantic.BaseModel):
    when: datetime.date
    tags: set = {'a'}
class Outer(pydantic.BaseModel):
    inner: Inner
    price: decimal.Decimal
import pydantic.v1
class Old(pydantic.v1.BaseModel):
    when: datetime.date
outer = Outer(inner=Inner(when=datetime.date(2026, 1, 2)), price=decimal.Decimal('1.50'))
`,
  [
    ['outer', '{"inner":{"when":"2026-01-02","tags":["a"]},"price":"1.50"}'],
    ['{"models": [outer.inner]}', '{"models":[{"when":"2026-01-02","tags":["a"]}]}'],
    ['Outer', 'has no form in JSON'],
    ['Old(when="2026-01-02")', '{"when":"2026-01-02"}'],
  ],
)

testWith(['attrs'], 'import attrs\n@attrs.define\nclass A:\n  x: int\n  y: list', [
  ['A(1, [A(2, [])])', '{"x":1,"y":[{"x":2,"y":[]}]}'],
])
