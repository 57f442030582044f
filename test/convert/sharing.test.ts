// Rule 5: sharing and cycles survive.
import { describe, expect, test } from 'vitest'
import { kw, python } from '../../lib/index.js'
import { refusal } from '../fixtures/thrown.js'

const echo = python.eval('lambda value: value')

/** Runs statements and gives the value that they leave in `value`. */
function made(source: string): unknown {
  python.exec(source)
  return python.eval('value')
}

describe('what occurs twice arrives once', () => {
  test.each([
    ['a list', '[]'],
    ['a dict', '{}'],
    ['a dict with other keys', '{1: 2}'],
    ['a set', '{1}'],
    ['a tuple', '([],)'],
    ['a frozenset', 'frozenset([1])'],
  ])('%s from Python', (_, source) => {
    const [a, b, object] = made(`x = ${source}\nvalue = [x, x, {"x": x}]`) as [
      unknown,
      unknown,
      { x: unknown },
    ]
    expect(a).toBe(b)
    expect(object.x).toBe(a)
    expect(python.eval('lambda v: v[0] is v[1] is v[2]["x"]')([a, b, object])).toBe(true)
  })

  test.each([
    ['an Array', []],
    ['an object', {}],
    ['a Map', new Map()],
    ['a Set', new Set()],
    ['a function', () => {}],
  ])('%s from JavaScript', (_, x) => {
    expect(python.eval('lambda v: v[0] is v[1] is v[2]["x"]')([x, x, { x }])).toBe(true)
    const [a, b, object] = echo([x, x, { x }])
    expect(a).toBe(b)
    expect(object.x).toBe(a)
  })

  test('across the arguments and keywords of one call', () => {
    const x = [1]
    const f = python.eval('lambda a, b, *, c, d: a is b["x"] is c is d[0]')
    expect(f(x, { x }, kw({ c: x, d: [x] }))).toBe(true)
  })

  test('across the arguments of a callback', () => {
    let seen: unknown[] = []
    const f = (...args: unknown[]) => {
      seen = args
    }
    python.eval('lambda f: (lambda x: f(x, [x], key=x))([])')(f)
    const [a, [b], { key }] = seen as [unknown, [unknown], { key: unknown }]
    expect(a).toBe(b)
    expect(key).toBe(a)
  })

  // Minutes, where each of them is looked for among all that came before.
  test.each([200_000])('one of %i that share it, each way', (count) => {
    const shared = [1]
    const ours = Array.from({ length: count }, (_, index) => [index, shared])
    expect(python.eval('lambda v: (len({id(s) for _, s in v}), len(v))')(ours)).toEqual([1, count])
    const theirs = python.eval('lambda n: (lambda s: [[i, s] for i in range(n)])([1])')(count)
    expect(new Set(theirs.map(([, inner]: [number, unknown]) => inner)).size).toBe(1)
  })

  test('what is equal but not the same stays apart', () => {
    const [a, b] = python.eval('[[1], [1]]')
    expect(a).not.toBe(b)
    expect(python.eval('lambda v: v[0] is v[1]')([[1], [1]])).toBe(false)
  })
})

describe('cycles from Python', () => {
  test('a list of itself', () => {
    const list = made('value = [1]; value.append(value)') as unknown[]
    expect(list[1]).toBe(list)
    expect(python.eval('lambda v: v[1] is v')(list)).toBe(true)
  })

  test('a dict of itself, and a list under it', () => {
    const dict = made('value = {"a": []}; value["a"].append(value)') as { a: unknown[] }
    expect(dict.a[0]).toBe(dict)
    expect(python.eval('lambda v: v["a"][0] is v')(dict)).toBe(true)
  })

  test('a dict with other keys', () => {
    const map = made('value = {1: None}; value[1] = value') as Map<number, unknown>
    expect(map.get(1)).toBe(map)
    expect(python.eval('lambda v: v[1] is v')(map)).toBe(true)
  })

  test('a tuple, through a list', () => {
    const tuple = made('x = []; value = (x, 1); x.append(value)') as unknown[][]
    expect((tuple[0] as unknown[])[0]).toBe(tuple)
    expect(Object.isFrozen(tuple)).toBe(true)
    expect(python.eval('lambda v: type(v) is tuple and v[0][0] is v and v[1] == 1')(tuple)).toBe(
      true,
    )
  })

  test('a tuple that occurs many times inside itself', () => {
    const tuple = made(
      'x = []; value = (1, x, x, 2); x += [value, [value], {"a": value}]',
    ) as unknown[]
    const check =
      'lambda v: v[1][0] is v and v[1][1][0] is v and v[1][2]["a"] is v and v[1] is v[2] and v[3] == 2'
    expect(python.eval(check)(tuple)).toBe(true)
    python.exec('import sys')
    expect(python.eval('lambda v: sys.getrefcount(v) < 20')(tuple)).toBe(true)
  })

  test('two tuples that hold each other', () => {
    const pair = made('x = []; a = (x, 1); value = (a, 2); x.append(value)')
    expect(python.eval('lambda v: v[0][0][0] is v and v[0][1] == 1 and v[1] == 2')(pair)).toBe(true)
  })
})

describe('cycles from JavaScript', () => {
  test('an Array, an object, a Map', () => {
    const array: unknown[] = []
    array.push(array)
    expect(python.eval('lambda v: v[0] is v')(array)).toBe(true)
    const object: Record<string, unknown> = {}
    object.self = object
    expect(python.eval('lambda v: v["self"] is v')(object)).toBe(true)
    const map = new Map<string, unknown>()
    map.set('self', map)
    expect(python.eval('lambda v: v["self"] is v')(map)).toBe(true)
    expect((echo(map) as typeof map).get('self')).toBeInstanceOf(Map)
  })

  test('a long ring', () => {
    const ring = Array.from({ length: 10_000 }, () => ({ next: null as unknown }))
    ring.forEach((node, i) => {
      node.next = ring[(i + 1) % ring.length]
    })
    let node = echo(ring[0]) as { next: unknown }
    const begin = node
    for (let i = 0; i < ring.length; i++) node = node.next as typeof node
    expect(node).toBe(begin)
  })

  test.each<[string, () => unknown]>([
    [
      'a Set of itself',
      () => {
        const set = new Set<unknown>()
        return set.add(set)
      },
    ],
    [
      'a Map that is its own key',
      () => {
        const map = new Map<unknown, unknown>()
        return map.set(map, 1)
      },
    ],
    [
      'a frozenset of itself',
      () => {
        const set = python.eval('frozenset([1])') as Set<unknown>
        return set.add(set)
      },
    ],
    [
      'a tuple that is a key of a Map inside it',
      () => {
        const tuple = python.eval('({1: 2},)') as [Map<unknown, unknown>]
        tuple[0].set(tuple, 3)
        return tuple
      },
    ],
    [
      'a tuple that is an item of a Set inside it',
      () => {
        const tuple = python.eval('({1},)') as [Set<unknown>]
        tuple[0].add(tuple)
        return tuple
      },
    ],
    [
      'a tuple inside a key of a Map inside it',
      () => {
        const tuple = python.eval('({1: 2}, (3,))') as [Map<unknown, unknown>, unknown]
        tuple[0].set(python.eval('lambda *items: items')(tuple[1]), tuple)
        const key = python.eval('([],)') as [unknown[]]
        key[0].push(tuple)
        tuple[0].set(key, 4)
        return tuple
      },
    ],
  ])('%s is refused: it has no hash yet', (_, make) => {
    const value = make()
    let error: unknown
    try {
      echo(value)
    } catch (caught) {
      error = caught
    }
    expect(String(error)).toMatch(/has no hash|unhashable/)
    expect(python.eval('1 + 1')).toBe(2)
  })

  test('a tuple whose key holds the list above is refused', () => {
    const list: unknown[] = []
    const key = python.eval('([],)') as [unknown[]]
    key[0].push(list)
    list.push(new Map([[key, 1]]))
    expect(refusal('CONVERSION', () => echo(list))).toContain('no hash')
  })
})
