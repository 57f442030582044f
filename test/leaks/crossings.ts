/**
 * Every kind of crossing: what is made once, and what is done again and again. Source text, so that a
 * test can run it in its own process, and in one with another Python. `thing` is a Python object.
 */
export const crossings: readonly [name: string, once: string, body: string][] = [
  [
    'scalars',
    `const echo = python.eval('lambda *a: a[0]')`,
    `echo(1); echo(1.5); echo(true); echo(null); echo(2n ** 70n)`,
  ],
  [
    'texts',
    `const echo = python.eval('lambda a: a')`,
    `echo('ascii'); echo('é☃😀'); echo('x'.repeat(5000)); echo('\\ud800')`,
  ],
  ['bytes', `const bytes = python.eval('lambda: b"abc"')`, 'bytes()'],
  [
    'containers',
    `const echo = python.eval('lambda *a: a')`,
    `echo([1, [2, 'x']], { a: { b: null } }, new Map([[1, 2]]), new Set([3]))`,
  ],
  [
    'containers that share',
    `const echo = python.eval('lambda *a: a')`,
    `const shared = [1]; echo([shared, shared], shared)`,
  ],
  [
    'a container with itself inside',
    `const echo = python.eval('lambda a: a')`,
    `const list = []; list.push(list); echo(list)`,
  ],
  [
    'many arguments',
    `const count = python.eval('lambda *a: len(a)')`,
    `count(...Array(50).keys())`,
  ],
  [
    'keyword arguments',
    `const echo = python.eval('lambda **k: k')`,
    `echo(kw({ a: 1, b: 'text', c: [1], d: thing }))`,
  ],
  ['objects as results', `const make = python.builtins.object`, 'make()'],
  [
    'objects as arguments',
    `const type = python.eval('lambda a: type(a).__name__')`,
    `type(thing); type(python.builtins.object())`,
  ],
  ['the same object again and again', `const echo = python.eval('lambda a: a')`, 'echo(thing)'],
  [
    'objects in containers',
    `const echo = python.eval('lambda a: a')`,
    `echo([thing, { thing, list: [thing] }]); python.eval('[object(), {"a": object()}]')`,
  ],
  [
    'references',
    '',
    `const list = python.ref([1, [2]]); list.append(3); python.copy(list); list[0]; list[99]`,
  ],
  [
    'references, given back',
    '',
    `const list = python.ref([1]); list.append(2); list[Symbol.dispose]()`,
  ],
  [
    'results by reference',
    `const make = withOptions(python.builtins.list, { returns: 'ref' })`,
    'make([1, 2])',
  ],
  [
    'attributes',
    '',
    `thing.value; thing.items; thing.missing; thing.method; 'value' in thing; Object.keys(thing)`,
  ],
  [
    'attributes that are set',
    '',
    `thing.value = [1]; thing.value = thing.method; thing.other = 1; delete thing.other; thing.value = null`,
  ],
  ['methods', '', `thing.method(1); thing.method('x')`],
  [
    'items',
    '',
    `const list = python.ref([1, 2]); list[0] = 'x'; list[0]; list[1]; 0 in list; 5 in list`,
  ],
  [
    'iteration',
    '',
    `for (const item of python.eval('range(5)')) void item; for (const item of thing.items) void item`,
  ],
  [
    'iteration that stops early',
    '',
    `for (const item of python.eval('iter([object(), 2])')) break`,
  ],
  ['text of objects', '', 'String(thing); inspect(thing); JSON.stringify(python.ref([1]))'],
  ['classes and modules', '', `python.import('math'); python.builtins.int; thing.__class__`],
  ['new objects of a class', `const Thing = python.eval('Thing')`, 'new Thing(); Thing()'],
  [
    'functions as arguments',
    `const call = python.eval('lambda f: f(1, "x", [1])')`,
    'call((...all) => all)',
  ],
  [
    'functions that Python keeps for a while',
    `const keep = python.eval('lambda f: kept.append(f)'); const drop = python.eval('kept.clear')`,
    `keep(() => 1); keep(() => 2); drop()`,
  ],
  [
    'functions that come back',
    `const echo = python.eval('lambda f: f')`,
    `const f = () => 1; echo(f); echo([f])`,
  ],
  [
    'functions that return objects',
    `const call = python.eval('lambda f: f()')`,
    'call(() => thing); call(() => ({ a: [thing] })); call(() => () => 1)',
  ],
  [
    'functions that get objects',
    `const call = python.eval('lambda f: f(object(), thing=Thing())')`,
    `call((object, { thing }) => [object, thing])`,
  ],
  [
    'Python errors',
    `const fail = python.eval('lambda: 1 / 0')`,
    `try { fail() } catch (error) { error.type; error.message }`,
  ],
  [
    'Python errors that are looked at',
    `const fail = python.eval('lambda: {}["x"]')`,
    `try { fail() } catch (error) { error.stack; error.frames; error.traceback; error.is('KeyError'); error.value }`,
  ],
  [
    'Python errors with causes',
    `python.exec('def chain():\\n  try: 1 / 0\\n  except ZeroDivisionError as e: raise ValueError(Thing()) from e'); const chain = python.eval('chain')`,
    `try { chain() } catch (error) { error.cause.message }`,
  ],
  [
    'JavaScript errors',
    `const call = python.eval('lambda f: f()')`,
    `try { call(() => { throw new RangeError('x') }) } catch (error) { error.message }`,
  ],
  [
    'JavaScript errors that Python catches',
    `python.exec('def attempt(f):\\n  try: f()\\n  except Exception as e: return str(e)'); const attempt = python.eval('attempt')`,
    `attempt(() => { throw new RangeError('x') }); attempt(() => { throw { odd: true } }); attempt(() => { throw null })`,
  ],
  [
    'Python errors through both sides',
    `const call = python.eval('lambda f: f()')`,
    `try { call(() => call(() => python.eval('1 / 0'))) } catch (error) { error.type }`,
  ],
  [
    'what is refused',
    `const echo = python.eval('lambda a: a')`,
    `try { echo(Symbol('x')) } catch {} try { echo([1, [Symbol('x')]]) } catch {} try { python.eval('1 +') } catch {} try { python.import('no_such_module') } catch {}`,
  ],
  [
    'views',
    `const bytes = python.eval('bytearray(8)')`,
    `const view = python.view(bytes); view.data; view.slice(1).at(0); view.release(); python.view(bytes)`,
  ],
  ['views of new objects', '', `python.view(python.builtins.bytearray(8)).data`],
  ['what has no view', '', `try { python.view(thing) } catch {}`],
  [
    'memory as an argument',
    `const echo = python.eval('lambda a: a')`,
    `const bytes = new Uint8Array(8); echo(bytes); echo([bytes, new Float64Array(2), new ArrayBuffer(3)])`,
  ],
  [
    'memory with a shape',
    `const cut = python.eval('lambda m: memoryview(m)[1:]')`,
    `cut(python.memory(new Uint8Array(6), { shape: [2, 3] })); python.memory(new Int8Array(1))[Symbol.dispose]()`,
  ],
  [
    'the tag',
    'const rows = [[1, 2], [3, 4]]',
    `python\`[sum(row) for row in \${rows}] + [\${thing}]\``,
  ],
  [
    'source',
    '',
    `python.eval('1 + 1'); python.eval('a', { a: thing }); python.exec('b = 1', { c: [1] })`,
  ],
  [
    'deep calls',
    `const call = python.eval('lambda f, n: f(n)')`,
    `const f = (n) => (n === 0 ? thing : call(f, n - 1)); f(10)`,
  ],
]

/** What all of them use. */
export const PYTHON = `
import gc, sys, weakref
kept = []
class Thing:
    def __init__(self):
        self.value = None
        self.items = [1, object()]
    def method(self, value):
        return value
`
