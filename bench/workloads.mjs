/** What every contender runs, in Python. */
export const source = `
from itertools import repeat

def noop(): pass

def add(a, b): return a + b

def hello(text): return text

class Thing: pass

thing = Thing()
thing.number = 12345

def callbacks(function, count):
    value = 0
    for _ in repeat(None, count):
        value = function(value)
    return value

def make(): return object()

def same(): return thing
`

/**
 * One loop per workload over the names that `uses` lists; for Python, its statement and the first
 * `value`. Each result feeds the next call or the sum, so that no engine can drop a call and one
 * wrong answer spoils the last.
 */
export const workloads = {
  noop: {
    title: '`noop()`',
    uses: ['noop'],
    javascript: 'let value; for (let i = 0; i < n; i++) value = noop(); return value',
    python: ['value = noop()', 'None'],
    answer: () => null,
  },
  add: {
    title: '`add(a, b)`, ints',
    uses: ['add'],
    javascript: 'let value = 0; for (let i = 0; i < n; i++) value = add(value, 1); return value',
    python: ['value = add(value, 1)', '0'],
    answer: (count) => count,
  },
  attribute: {
    title: '`thing.number`, an int',
    uses: ['thing'],
    javascript: 'let value = 0; for (let i = 0; i < n; i++) value += thing.number; return value',
    python: ['value += thing.number', '0'],
    answer: (count) => count * 12345,
  },
  hello: {
    title: "`hello('hello')`, a str in and out",
    uses: ['hello'],
    javascript: "let text = 'hello'; for (let i = 0; i < n; i++) text = hello(text); return text",
    python: ['value = hello(value)', "'hello'"],
    answer: () => 'hello',
  },
  callback: {
    title: 'callback `int → int`, per turn of a Python loop',
    uses: ['callbacks', 'increment'],
    javascript: 'return callbacks(increment, n)',
    python: ['value = increment(value)', '0'],
    answer: (count) => count,
  },
}

/** What `memory.mjs` runs besides. */
export const proxies = {
  make: {
    title: '`make()`: a new object, its proxy dropped',
    uses: ['make'],
    javascript: `let value; for (let i = 0; i < n; i++) value = make()
      return Object(value) === value`,
    answer: () => true,
  },
  same: {
    title: '`same()`: one object again and again, one identity',
    uses: ['same'],
    javascript: `const one = same(); let equal = 0
      for (let i = 0; i < n; i++) if (same() === one) equal++
      return equal`,
    answer: (count) => count,
  },
}

/** The function that Python calls back. A new one each time: no other code has seen it. */
export const newIncrement = () => new Function('value', 'return value + 1')
