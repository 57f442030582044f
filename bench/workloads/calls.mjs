/**
 * One loop per workload over the names that `uses` lists; for Python, its statement and the first
 * `value`. Each result feeds the next call or the sum, so that no engine can drop a call and one
 * wrong answer spoils the last. `WAIT` is `await` for those who answer by promises, else nothing.
 */
export const calls = {
  noop: {
    title: '`noop()`',
    uses: ['noop'],
    javascript: 'let value; for (let i = 0; i < n; i++) value = WAIT noop(); return value ?? null',
    python: ['value = noop()', 'None'],
    answer: () => null,
  },
  add: {
    title: '`add(a, b)`, ints',
    uses: ['add'],
    javascript:
      'let value = 0; for (let i = 0; i < n; i++) value = WAIT add(value, 1); return value',
    python: ['value = add(value, 1)', '0'],
    answer: (count) => count,
  },
  method: {
    title: '`thing.add(a, b)`, a method',
    uses: ['thing'],
    javascript:
      'let value = 0; for (let i = 0; i < n; i++) value = WAIT thing.add(value, 1); return value',
    python: ['value = thing.add(value, 1)', '0'],
    answer: (count) => count,
  },
  attribute: {
    title: '`thing.number`, an int',
    uses: ['thing'],
    javascript:
      'let value = 0; for (let i = 0; i < n; i++) value += WAIT thing.number; return value',
    python: ['value += thing.number', '0'],
    answer: (count) => count * 12345,
  },
  keywords: {
    title: '`named(a=, b=, c=)`, three keyword arguments',
    uses: ['named'],
    javascript: `let value = 0
      for (let i = 0; i < n; i++) value = WAIT named({ a: value, b: 2, c: -1 })
      return value`,
    python: ['value = named(a=value, b=2, c=-1)', '0'],
    answer: (count) => count,
  },
  hello: {
    title: "`hello('hello')`, a str in and out",
    uses: ['hello'],
    javascript:
      "let text = 'hello'; for (let i = 0; i < n; i++) text = WAIT hello(text); return text",
    python: ['value = hello(value)', "'hello'"],
    answer: () => 'hello',
  },
  callback: {
    title: 'callback `int → int`, per turn of a Python loop',
    uses: ['callbacks', 'increment'],
    javascript: 'return WAIT callbacks(increment, n)',
    python: ['value = increment(value)', '0'],
    answer: (count) => count,
  },
  make: {
    title: '`make()`: a new object, its proxy dropped',
    uses: ['make'],
    javascript: `let value; for (let i = 0; i < n; i++) value = WAIT make()
      return Object(value) === value`,
    python: ['value = make() is not None', 'True'],
    answer: () => true,
  },
  raise: {
    title: '`boom()`: an exception, caught, its message read',
    uses: ['boom', 'said'],
    javascript: `let caught = 0
      for (let i = 0; i < n; i++) {
        try { WAIT boom() } catch (error) { if (said(error).includes('boom')) caught++ }
      }
      return caught`,
    python: [
      `try:
            boom()
        except ValueError as error:
            value += "boom" in str(error)`,
      '0',
    ],
    answer: (count) => count,
  },
  letters: {
    title: '`letters()`: 1 MiB of ASCII out',
    uses: ['letters'],
    javascript: 'let text; for (let i = 0; i < n; i++) text = WAIT letters(); return text',
    answer: () => 'abcdefgh'.repeat(2 ** 17),
  },
}

/** Not a call of its own: what `memory.mjs` runs besides. */
export const same = {
  title: '`same()`: one object again and again, one identity',
  uses: ['same'],
  javascript: `const one = same(); let equal = 0
      for (let i = 0; i < n; i++) if (same() === one) equal++
      return equal`,
  answer: (count) => count,
}

/** What an error says. */
export const said = (error) => error.message

/** The function that Python calls back. A new one each time: no other code has seen it. */
export const newIncrement = () => new Function('value', 'return value + 1')
