// How values cross is chosen for a call, for what is reached through a proxy, or for the whole bridge.

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ConversionMode, kw, PyFloat, python, withOptions } from '../../lib/index.js'
import { shared, value } from '../fixtures/arbitraries.js'
import { index, runNode } from '../fixtures/run-node.js'
import { defineSame, same } from '../fixtures/same.js'
import { refusal } from '../fixtures/thrown.js'

const runs = Number(process.env.PYBRIDGE_TEST_CASES ?? 10_000)
const echo = python.eval('lambda value, **keywords: value')
const repr = python.eval('lambda *values, **keywords: repr(values[0] if values else keywords)')
/** NaNs have no order among themselves. */
const items = python.eval(
  'lambda value: sorted(map(repr, value.items() if isinstance(value, dict) else value))',
)
const give = (source: string) => python.eval(`lambda: ${source}`)

describe('exact: every type is kept', () => {
  test.each<[string, unknown]>([
    ['1.0', new PyFloat(1)],
    ['1', 1],
    ['1.5', 1.5],
    ['-0.0', -0],
    ['float("inf")', Number.POSITIVE_INFINITY],
    ['2.0 ** 53', 2 ** 53],
    ['[1.0, 1, {"a": 2.0}]', [new PyFloat(1), 1, { a: new PyFloat(2) }]],
    ['(3.0,)', [new PyFloat(3)]],
    ['2 ** 70', 2n ** 70n],
  ])('%s arrives as %o', (source, arrived) => {
    const exact = withOptions(give(source), { mode: 'exact' })()
    expect(exact).toEqual(arrived)
    expect(repr(exact)).toBe(python.eval(`repr(${source})`))
  })

  test.each([
    '{-0.0: 1, 2.0: 3}',
    '{-0.0, 5.0}',
    '{float("nan"): 1, float("nan"): 2}',
    'frozenset([float("nan"), float("nan"), 1.0])',
  ])('%s, which has no room in a Map or a Set, has one', (source) => {
    const exact = withOptions(give(source), { mode: 'exact' })()
    expect(items(exact)).toEqual(items(withOptions(give(source), { returns: 'ref' })()))
  })
})

describe('strict: a number is a float, and a bigint an int', () => {
  const strict = withOptions(repr, { mode: 'strict' })

  test.each<[unknown, string]>([
    [1, '1.0'],
    [1n, '1'],
    [2n ** 70n, String(2n ** 70n)],
    [-0, '-0.0'],
    [2 ** 31, '2147483648.0'],
    [[1, 2], '[1.0, 2.0]'],
    [[1, 'a', 2n], "[1.0, 'a', 2]"],
    [{ a: 1, b: 2n }, "{'a': 1.0, 'b': 2}"],
  ])('%o is %s', (sent, expected) => {
    expect(strict(sent)).toBe(expected)
    expect(withOptions(echo, { mode: 'strict' })(sent)).toEqual(sent)
  })

  test.each<[string, unknown]>([
    ['1', 1n],
    ['1.0', 1],
    ['[1, 2.0, True, -5]', [1n, 2, true, -5n]],
    ['{"a": 2 ** 53}', { a: 2n ** 53n }],
    ['{1: 2}', new Map([[1n, 2n]])],
  ])('%s arrives as %o', (source, arrived) => {
    expect(withOptions(give(source), { mode: 'strict' })()).toEqual(arrived)
  })

  test('one direction alone', () => {
    expect(withOptions(repr, { args: 'strict' })(1)).toBe('1.0')
    expect(withOptions(echo, { args: 'strict' })(1)).toBe(1)
    expect(withOptions(echo, { returns: 'strict' })(1)).toBe(1n)
    expect(withOptions(echo, { mode: 'strict', returns: 'auto' })(1n)).toBe(1)
  })
})

describe('json: nothing but JSON', () => {
  const json = withOptions(echo, { mode: 'json' })

  test('what is JSON crosses as ever', () => {
    const whole = { a: [1, -2.5, 'text', true, null, {}, []], b: { c: 'é\ud800' } }
    expect(json(whole)).toEqual(whole)
    const part = [1]
    const [first, second] = json([part, part])
    expect(first).toBe(second)
  })

  test.each<[string, unknown]>([
    ['undefined', [undefined]],
    ['NaN', Number.NaN],
    ['an infinity', [[1, Number.POSITIVE_INFINITY]]],
    ['a bigint', 1n],
    ['a Map', new Map()],
    ['a Set', new Set()],
    ['a Date', new Date(0)],
    ['a Buffer', Buffer.from('')],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['an instance', new (class Point {})()],
    ['a tuple', python.eval('(1,)')],
    ['an object of Python', python.eval('object()')],
    ['a PyFloat that is not finite', new PyFloat(Number.NaN)],
    ['an array with a hole', Array(1)],
    [
      'a cycle',
      (() => {
        const a: unknown[] = []
        a.push(a)
        return a
      })(),
    ],
  ])('%s is refused on its way there', (_, sent) => {
    expect(refusal('CONVERSION', () => json(sent))).toContain('argument 0')
  })

  test.each([
    ['float("nan")'],
    ['[1.5, float("inf")]'],
    ['2 ** 53'],
    ['(1,)'],
    ['{1}'],
    ['{1: 2}'],
    ['b""'],
    ['object()'],
    ['1j'],
    ['ValueError()'],
    ['__import__("pybridge").undefined'],
    ['__import__("datetime").datetime(2020, 1, 1)'],
    ['"\\ud83d" + "\\ude00"'],
    ['[(lambda a: a.append(a) or a)([])]'],
  ])('%s is refused on its way here', (source) => {
    const refused = withOptions(give(source), { returns: 'json' })
    expect(refusal('CONVERSION', refused)).toContain('the result')
  })
})

describe('ref: nothing is copied', () => {
  test('neither there', () => {
    const list = [1]
    const kind = withOptions(python.eval('lambda value: type(value).__name__'), { args: 'ref' })
    expect(kind(list)).toBe('JsProxy')
    expect(kind({})).toBe('JsProxy')
    expect(kind(1)).toBe('int')
    expect(withOptions(echo, { args: 'ref' })(list)).toBe(list)
  })

  test('nor here, whatever it is', () => {
    const whole = withOptions(echo, { mode: 'ref' })
    expect(whole(5).bit_length()).toBe(3)
    const list = [1]
    expect(whole(list)).toBe(list)
  })

  test('what stands for an object of Python is that object', () => {
    const list = python.ref([1])
    const kind = withOptions(python.eval('lambda value: type(value).__name__'), { args: 'ref' })
    expect(kind(list)).toBe('list')
  })
})

describe('ints of one type', () => {
  test.each<[string, unknown, unknown]>([
    ['5', 5n, 5],
    ['-(2 ** 53 - 1)', -(2n ** 53n - 1n), -(2 ** 53 - 1)],
    ['[1, {"a": 2}, 2.5, True]', [1n, { a: 2n }, 2.5, true], [1, { a: 2 }, 2.5, true]],
  ])('%s', (source, bigints, numbers) => {
    expect(withOptions(give(source), { returns: 'bigint' })()).toEqual(bigints)
    expect(withOptions(give(source), { returns: 'number' })()).toEqual(numbers)
  })

  test('a number has no room for more than 2**53 - 1', () => {
    expect(
      refusal('CONVERSION', withOptions(give('[1, 2 ** 53]'), { returns: 'number' })),
    ).toContain('the result → [1] is an int beyond')
  })
})

describe('for what is reached through a proxy', () => {
  const math = withOptions(python.import('math'), { mode: 'exact' })

  test('functions, attributes, and what they give', () => {
    expect(math.sqrt(4)).toEqual(new PyFloat(2))
    expect(math.floor(2.5)).toBe(2)
    python.exec('class Box:\n  whole = 2.0\n  def __init__(self): self.items = [1.0]')
    const box = withOptions(python.eval('Box()'), { mode: 'exact' })
    expect(box.whole).toEqual(new PyFloat(2))
    expect(box.items[0]).toEqual(new PyFloat(1))
    expect(box.items.copy()).toEqual([new PyFloat(1)])
    expect([...box.items]).toEqual([new PyFloat(1)])
  })

  test('it is the same object in Python, and released with it', () => {
    const list = python.ref([1])
    const view = withOptions(list, { mode: 'strict' })
    expect(python.eval('lambda a, b: a is b')(list, view)).toBe(true)
    expect(echo(view)).toEqual([1])
    view[0] = 7
    expect(python.eval('repr')(list)).toBe('[7.0]')
    list[Symbol.dispose]()
    refusal('RELEASED', () => view[0])
  })

  test('a class is called and constructed', () => {
    const list = withOptions(python.builtins.list, { returns: 'ref' })
    expect(python.copy(list([1]))).toEqual([1])
    expect(list.__name__).toBe('list')
  })

  test('off the thread as well', async () => {
    expect(await math.sqrt.async(9)).toEqual(new PyFloat(3))
    expect(await withOptions(echo, { mode: 'strict' }).async([1n, 2])).toEqual([1n, 2])
  })
})

describe('for the whole bridge', () => {
  const script = (mode: ConversionMode, lines: string) => `
    const { PyFloat } = await import(${JSON.stringify(index)})
    python.start({ mode: '${mode}' })
    const out = []
    ${lines}
    console.log(JSON.stringify(out, (_, v) => typeof v === 'bigint' ? v + 'n' : v))
  `

  test.each<[ConversionMode, string, unknown]>([
    [
      'strict',
      `out.push(python.eval('repr')(1), python.eval('1'), python.eval('lambda f: repr(f(1))')((x) => typeof x))`,
      ['1.0', '1n', "'bigint'"],
    ],
    [
      'exact',
      `out.push(python.eval('1.0') instanceof PyFloat, python.eval('[2.0]')[0] instanceof PyFloat, python.import('math').sqrt(4) instanceof PyFloat)`,
      [true, true, true],
    ],
    ['exact', `out.push(python.eval('lambda f: repr(f(1.0))')((x) => x))`, ['1.0']],
    [
      'json',
      `out.push(python.eval('[1, {"a": None}]')); try { python.eval('(1,)') } catch (e) { out.push(e.code) }; out.push(typeof python.import('math').sqrt)`,
      [[1, { a: null }], 'CONVERSION', 'function'],
    ],
    [
      'ref',
      `const list = python.eval('[1]'); list.append(2); out.push(python.copy(list), python.eval('lambda v: type(v).__name__')([1]).toString())`,
      [[1, 2], 'JsProxy'],
    ],
  ])('%s', async (mode, lines, expected) => {
    const { stdout, stderr, code } = await runNode(script(mode, lines))
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    expect(JSON.parse(stdout)).toEqual(expected)
  })

  test.each<ConversionMode>(['exact', 'strict', 'json', 'ref'])(
    '%s leaves errors, texts, numbers and tags what they are',
    async (mode) => {
      const { stdout, stderr } = await runNode(
        script(
          mode,
          `
        try { python.eval('1 / 0') } catch (e) { out.push(e.type, e.frames.length, e.is('ArithmeticError'), e.traceback.includes('ZeroDivisionError')) }
        out.push(String(python.import('builtins').object.__name__), Number(withOptions(python.import('decimal').Decimal, { mode: 'ref' })('0.5')))
        out.push(python.version === python.info.version, String(python\`str(\${'a'}) + 'b'\`))
        python.exec('kept = 5')
        out.push(Number(python.eval('kept')), String(python.eval('x', python.ref({ x: 'in scope' }))))
        for (const item of python.import('sys').path) { out.push(typeof item !== 'undefined'); break }
      `,
        ),
      )
      expect(stderr).toBe('')
      expect(JSON.parse(stdout)).toEqual([
        'ZeroDivisionError',
        2,
        true,
        true,
        'object',
        0.5,
        true,
        'ab',
        5,
        'in scope',
        true,
      ])
    },
  )

  test('names the argument of a callback that cannot cross', async () => {
    const { stdout, stderr } = await runNode(
      script(
        'json',
        `
      for (const call of ['f(1, [{2}])', 'f(1, axis={"a": {2}})', 'f((1,), b=[])']) {
        python.exec('def run(f): ' + call)
        try { withOptions(python.import('__main__').run, { mode: 'auto' })(() => null) } catch (e) { out.push(e.message) }
      }
    `,
      ),
    )
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual([
      expect.stringContaining('argument 1 → [0] is of type set'),
      expect.stringContaining("keyword 'axis' → ['a'] is of type set"),
      expect.stringContaining('argument 0 is of type tuple'),
    ])
  })

  test('a worker has it too', async () => {
    const { stdout } = await runNode(
      script(
        'strict',
        `
      const { Worker } = await import('node:worker_threads')
      const worker = new Worker(\`
        import('${index}').then(({ python }) => {
          require('node:worker_threads').parentPort.postMessage(python.eval('repr')(1))
        })
      \`, { eval: true })
      out.push(await new Promise((resolve) => worker.once('message', resolve)))
    `,
      ),
    )
    expect(JSON.parse(stdout)).toEqual(['1.0'])
  })

  test('a mode that is not known is refused', () => {
    refusal('INVALID_ARGUMENT', () => python.start({ mode: 'copy' as never }))
  })
})

describe.each<'exact' | 'strict'>(['exact', 'strict'])('%s: nothing is lost', (mode) => {
  defineSame()
  python.exec(readFileSync(new URL('../fixtures/values.py', import.meta.url), 'utf8'))

  test.each([
    ['a value', value],
    ['a graph with sharing and cycles', shared],
  ])('%s of JavaScript comes back the same', (_, arbitrary) => {
    const there = withOptions(echo, { mode })
    fc.assert(
      fc.property(arbitrary as fc.Arbitrary<unknown>, (sent) => {
        let back: unknown
        try {
          back = there([sent])
        } catch (error) {
          if (String(error).includes('two keys')) return
          throw error
        }
        expect(same([sent], back)).toBe(true)
      }),
      { numRuns: runs / 5 },
    )
  })

  test('a value of Python comes back the same', () => {
    const make = withOptions(
      python.eval('lambda seed: kept.append(random_value(seed)) or kept[-1]'),
      {
        returns: mode,
      },
    )
    const check = withOptions(python.eval('lambda back: same(kept.pop(), back)'), { args: mode })
    python.exec('kept = []')
    const wrong: number[] = []
    const first = Math.floor(Math.random() * 2 ** 31)
    for (let seed = first; seed < first + runs / 5; seed++) {
      try {
        if (!check(make(seed))) wrong.push(seed)
      } catch (error) {
        if (mode === 'exact' || !/-0\.0|two keys/.test(String(error))) throw error
        python.exec('kept.clear()')
      }
    }
    expect(wrong).toEqual([])
  })
})

test('the options that withOptions refuses', () => {
  refusal('INVALID_ARGUMENT', () => withOptions(echo, { mode: 'auto ' as never }))
  refusal('INVALID_ARGUMENT', () => withOptions(echo, { args: 'number' as never }))
  refusal('INVALID_ARGUMENT', () => withOptions({} as never, {}))
  expect(withOptions(echo, {})(1, kw({}))).toBe(1)
})
