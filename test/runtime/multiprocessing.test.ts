import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder, write } from '../fixtures/python-tree.js'
import { ask, pythons } from '../fixtures/pythons.js'
import { type RunOptions, runNode, withoutForkWarning } from '../fixtures/run-node.js'

const methods = ['fork', 'spawn', 'forkserver']

/** Runs the script, which must end well and say nothing on stderr; what it has printed, by line. */
async function lines(script: string, options: RunOptions = {}): Promise<string[]> {
  const { code, stdout, stderr } = await runNode(script, options)
  expect(withoutForkWarning(stderr)).toBe('')
  expect(code).toBe(0)
  return stdout.trimEnd().split('\n')
}

/** A script that runs each source in `__main__`. */
const exec = (...sources: string[]) =>
  sources.map((source) => `python.exec(${JSON.stringify(source)})`).join('\n')

describe.each(pythons)('in %s', (python) => {
  test('the default start method is forkserver', async () => {
    const source = `import multiprocessing
print(multiprocessing.get_start_method(allow_none=True), multiprocessing.get_context().get_start_method())`
    expect(await lines(exec(source), { python })).toEqual(['None forkserver'])
  })

  test('functions and classes of __main__ cross, with every start method', async () => {
    const script = exec(
      `import enum, multiprocessing
from collections import namedtuple
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
print('once')
FACTOR = 3
@dataclass
class Item:
    n: int
    def times(self): return Item(self.n * FACTOR)
class Color(enum.Enum):
    RED = 1
Point = namedtuple('Point', 'x y')`,
      `def leave(item, color): raise SystemExit(item.n if color is Color.RED else 1)
def times(item): return item.times()
def swap(point): return Point(point.y, point.x)
def check(method):
    context = multiprocessing.get_context(method)
    process = context.Process(target=leave, args=(Item(7), Color.RED))
    process.start()
    process.join()
    with context.Pool(1) as pool:
        items, points = pool.map(times, [Item(1), Item(2)]), pool.map(swap, [Point(1, 2)])
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        again = list(pool.map(times, [Item(4)]))
    print(method, process.exitcode, items, points, again)
for method in ${JSON.stringify(methods)}: check(method)`,
    )
    const right = '7 [Item(n=3), Item(n=6)] [Point(x=2, y=1)] [Item(n=12)]'
    expect(await lines(script, { python })).toEqual([
      'once',
      ...methods.map((method) => `${method} ${right}`),
    ])
  })

  test('a file that python.run runs is what it is for python FILE, and after it has run', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'job.py')
    writeFileSync(
      file,
      `import multiprocessing
from dataclasses import dataclass
print(__name__)
@dataclass
class Item:
    n: int
def double(item): return Item(item.n * 2)
def doubled(method, n):
    with multiprocessing.get_context(method).Pool(1) as pool:
        return pool.map(double, [Item(n)])[0].n
if __name__ == '__main__':
    print(doubled('spawn', 1))
`,
    )
    const script = `
      ${exec('def triple(n): return n * 3')}
      const doubled = python.run(${JSON.stringify(file)}).get('doubled')
      for (const [i, method] of ${JSON.stringify(methods)}.entries()) console.log(doubled(method, 2 + i))
      ${exec(`import multiprocessing
with multiprocessing.get_context('spawn').Pool(1) as pool: print(pool.map(triple, [3]))`)}`
    const main = '__mp_main__' // as Python calls the main module in a child that imports it
    const during = ['__main__', main, '2']
    const after = ['4', main, '6', main, '8']
    expect(await lines(script, { python, cwd: folder })).toEqual([...during, ...after, '[9]'])
  })
})

describe('a start method', () => {
  test.each([
    ['set_start_method', `multiprocessing.set_start_method('spawn')`, 'spawn'],
    ['set_start_method, of fork too', `multiprocessing.set_start_method('fork')`, 'fork'],
    ['get_context', `multiprocessing = multiprocessing.get_context('fork')`, 'fork'],
  ])('chosen by %s is kept', async (_, source, method) => {
    const script = exec(
      'import multiprocessing',
      source,
      `print(multiprocessing.get_start_method())
with multiprocessing.Pool(1) as pool: print(pool.map(abs, [-1]))`,
    )
    expect(await lines(script)).toEqual([method, '[1]'])
  })

  test('costs nothing at the start, and no finder stays when it is known', async () => {
    const source = `import sys
def finders(): return sum('pybridge' in type(each).__module__ for each in sys.meta_path)
print([name for name in ('multiprocessing', 'subprocess', 'ast') if name in sys.modules], finders())
import importlib.util, multiprocessing
print(importlib.util.find_spec('subprocess').name, finders())
import multiprocessing.spawn, subprocess
print(finders())`
    expect(await lines(exec(source))).toEqual(['[] 1', 'subprocess 1', '0'])
  })

  test('is forkserver where a .pth file or sitecustomize has imported multiprocessing', async () => {
    const folder = temporaryFolder()
    write(join(folder, 'sitecustomize.py'), 'import multiprocessing.spawn, subprocess')
    const source = `import multiprocessing
def square(n): return n * n
print(multiprocessing.get_start_method())
with multiprocessing.Pool(1) as pool: print(pool.map(square, [3]))`
    const env = { PYTHONPATH: folder }
    expect(await lines(exec(source), { env })).toEqual(['forkserver', '[9]'])
  })
})

describe('of what python.exec has run, a child has', () => {
  const sources = [
    `from __future__ import annotations
import functools, logging, math, os.path, sys, typing; LOG = logging.getLogger('here'); count = len(sys.argv)
def with_future(x: Missing) -> str: return with_future.__annotations__['x']`,
    `def log(_): return LOG.name
def area(r): return round(math.pi * r * r, 2)
def join(name): return os.path.join('a', name)
@functools.lru_cache(
    maxsize=None
)
def decorated(n): return n + 1`,
    `LOW, HIGH = 1, -2; NAMES: typing.List[str] = ['é', 'b']; half = lambda n: n / 2
def constants(_): return [LOW, HIGH, NAMES, half(3)]`,
    `try:
    import no_such_module as optional
except ImportError:
    optional = None
if sys.version_info >= (3,):
    def by_version(_): return optional
else:
    def by_version(_): return 2`,
    'def anew(_): return "old"',
    'def anew(_): return "new"',
    `class Base:
    def name(self): return type(self).__name__`,
    `class Derived(Base): pass
def instance(_): return Derived().name()`,
    `text = """
if True:
    a string """
def long_string(_): return text`,
    `values = [count]
def effect(_): return count
STALE = 'first'
FIRST, SECOND = 1, 2`,
    `STALE = 'second'.upper()
SECOND = len(NAMES)
def stale(_): return STALE
def first(_): return FIRST
def second(_): return SECOND
def gone(_): return 1
kept = gone
del gone
def make():
    def inner(_): return 1
    inner.__qualname__ = 'inner'
    return inner
inner = make()
Made = [object][count - count]
class Over(Made): pass
def raises(_):
    # a comment
    return not_there
import concurrent.futures, multiprocessing
pool = concurrent.futures.ProcessPoolExecutor(1)
def answer(f, argument):
    try: return repr(pool.submit(f, argument).result())
    except Exception as error: return f'{type(error).__name__}: {error}'
def trace(f):
    try: pool.submit(f, 0).result()
    except Exception as error: return str(error.__cause__)`,
  ]

  const rows: [what: string, expression: string, expected: string | RegExp][] = [
    ['imports', 'answer(log, 0)', "'here'"],
    ['constants of modules', 'answer(area, 2)', '12.57'],
    ['dotted imports', 'answer(join, "b")', "'a/b'"],
    ['decorated functions', 'answer(decorated, 1)', '2'],
    ['future statements', 'answer(with_future, 0)', "'Missing'"],
    ['constants, in every way to write them', 'answer(constants, 0)', "[1, -2, ['é', 'b'], 1.5]"],
    ['imports that may fail', 'answer(by_version, 0)', 'None'],
    ['what was defined last', 'answer(anew, 0)', "'new'"],
    ['classes over classes of other sources', 'answer(instance, 0)', "'Derived'"],
    ['strings over many lines', 'answer(long_string, 0)', String.raw`'\nif True:\n    a string '`],
    ['one of two names that were bound at once', 'answer(first, 0)', '1'],
    [
      'the lines of a traceback',
      'trace(raises)',
      /"<python \d+>", line 18, in raises\n +return not_/,
    ],
    ['no value of an effect', 'answer(effect, 0)', "NameError: name 'count' is not defined"],
    [
      'no value that an effect replaced',
      'answer(stale, 0)',
      "NameError: name 'STALE' is not defined",
    ],
    ['neither of a pair', 'answer(second, 0)', "NameError: name 'SECOND' is not defined"],
    [
      'no function that another made',
      'answer(inner, 0)',
      /^NameError: name 'inner' of __main__ .*def/,
    ],
    ['nothing that was deleted', 'answer(kept, 0)', /PicklingError: Can't pickle .*gone/],
    ['no lambda', 'answer(lambda n: n, 0)', /PicklingError: Can't pickle <function <lambda>/],
  ]
  let answers: string[] = []

  beforeAll(async () => {
    const script = `${exec(...sources)}
      const answers = ${JSON.stringify(rows.map((row) => row[1]))}.map((each) => python.eval(each))
      python.exec('pool.shutdown()')
      console.log(JSON.stringify(answers))`
    answers = JSON.parse((await lines(script))[0] as string)
  })

  test.each(rows.map((row, i) => ({ what: row[0], expected: row[2], i })))(
    '$what',
    ({ expected, i }) => {
      if (expected instanceof RegExp) expect(answers[i]).toMatch(expected)
      else expect(answers[i]).toBe(expected)
    },
  )

  test('all of it in children of children, and what came after the first child', async () => {
    const source = (name: string) => `def ${name}(n):
    if n == 0: return '${name}'
    with concurrent.futures.ProcessPoolExecutor(1) as pool: return pool.submit(${name}, n - 1).result()
with concurrent.futures.ProcessPoolExecutor(1) as pool: print(pool.submit(${name}, 1).result())`
    const script = exec('import concurrent.futures', source('one'), source('two'))
    expect(await lines(script)).toEqual(['one', 'two'])
  })

  test('the last of many sources, and no more of them are kept than names', async () => {
    const script = `
      for (let i = 0; i < 500; i++) python.exec('N = ' + i + '; print(end="' + i + '"[:0])')
      ${exec(`import multiprocessing, sys
def last(_): return N
with multiprocessing.Pool(1) as pool: print(pool.map(last, [0]))
kept = sys.modules['pybridge._definitions']
print(len(kept._unread), len(kept._definitions))`)}`
    expect(await lines(script)).toEqual(['[499]', '0 5'])
  })
})

describe('children', () => {
  test('are plain Python', async () => {
    const script = exec(`import multiprocessing, os, sys
def show(_):
    return os.readlink('/proc/self/exe'), 'pybridge' in sys.modules, len(os.listdir('/proc/self/task'))
for method in ('spawn', 'forkserver'):
    with multiprocessing.get_context(method).Pool(1) as pool: print(*pool.map(show, [0])[0][:2])
print(sys.executable)`)
    const [spawned, served, executable] = await lines(script)
    const plain = ask(executable as string, `import os; print(os.readlink('/proc/self/exe'))`)
    expect([spawned, served]).toEqual([`${plain} False`, `${plain} False`])
  })

  test.each(methods)('write as much as they like, where a pipe is slow: %s', async (method) => {
    const script = `process.stdout.write('')
      ${exec(`import multiprocessing
def write():
    for n in range(20000): print(n, 'x' * 60)`)}
      process.stdout.write('')
      ${exec(`process = multiprocessing.get_context('${method}').Process(target=write)
process.start()
process.join()
assert process.exitcode == 0, process.exitcode`)}`
    const said = await lines(script, { slow: true })
    expect(said.length).toBe(20_000)
    expect(said.at(-1)).toMatch(/^19999 x{60}$/)
  })

  const USES = {
    'a pool': 'pool = context.Pool(2); pool.map(square, range(4))',
    'an executor': `from concurrent.futures import ProcessPoolExecutor
pool = ProcessPoolExecutor(2, mp_context=context); list(pool.map(square, range(4)))`,
    'a daemon that sleeps': `import time
process = context.Process(target=time.sleep, args=(60,), daemon=True); process.start()`,
  }
  const ENDS = {
    'a natural end': ['', { code: 0, signal: null }],
    'process.exit': ['process.exit(3)', { code: 3, signal: null }],
    SIGTERM: [
      `setInterval(() => {}, 9); process.kill(process.pid, 'SIGTERM')`,
      { signal: 'SIGTERM' },
    ],
    SIGKILL: [
      `setInterval(() => {}, 9); process.kill(process.pid, 'SIGKILL')`,
      { signal: 'SIGKILL' },
    ],
  } as const
  const ends = Object.keys(ENDS) as (keyof typeof ENDS)[]
  const uses = Object.keys(USES) as (keyof typeof USES)[]

  // The output ends when the last process that holds it has ended: the trackers and servers do.
  test.each(
    ['spawn', 'forkserver'].flatMap((method) =>
      ends.flatMap((end) =>
        uses
          // After a signal, Python's own leave only pools: an executor's wait for work for ever.
          .filter((use) => !end.startsWith('SIG') || use === 'a pool')
          .map((use) => ({ method, end, use })),
      ),
    ),
  )('end with Node: $use, $method, $end', async ({ method, end, use }) => {
    const [script, expected] = ENDS[end]
    const folder = temporaryFolder()
    const ending = await runNode(
      `${exec(`import multiprocessing
def square(n): return n * n
context = multiprocessing.get_context('${method}')
${USES[use]}`)}; ${script}`,
      { env: { TMPDIR: folder } },
    )
    expect(ending).toMatchObject(expected)
    expect(ending.milliseconds).toBeLessThan(10_000)
    // The file with the definitions goes too, where there was time for it.
    if (!end.startsWith('SIG'))
      expect({ left: readdirSync(folder), said: ending.stderr }).toEqual({ left: [], said: '' })
  })

  test('do the work that they have before a natural end, and none after process.exit', async () => {
    const source = `import time
from concurrent.futures import ProcessPoolExecutor
pool = ProcessPoolExecutor(1)
pool.submit(abs, 1).result()
for _ in range(3): last = pool.submit(time.sleep, 0.1)
last.add_done_callback(lambda future: print('done', future.exception() is None))
import sys`
    expect(await lines(exec(source))).toEqual(['done True'])
    const slow = exec(
      source.replace('0.1', '20 if __import__("sys").version_info >= (3, 9) else 0'),
    )
    const ending = await runNode(`${slow}; process.exit(4)`)
    expect(ending).toMatchObject({ code: 4 })
    expect(ending.milliseconds).toBeLessThan(10_000)
  })
})
