import { describe, expect, test } from 'vitest'
import { nodes } from '../fixtures/pythons.js'
import { runNode } from '../fixtures/run-node.js'

const LINES = `
  python.start({ slowCall: 0 })
  python.exec('def line(n): print(f"{n} from Python " + "x" * 60)')
  const line = python.eval('line')
`

/** The numbers that the lines begin with. */
const numbers = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((each) => Number.parseInt(each, 10))
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)

describe.each(nodes)('through a slow pipe, in %s', (node) => {
  test.each([
    ['of Python', 'for (let i = 0; i < 20_000; i++) line(i)'],
    [
      'of both, in their order',
      `for (let i = 0; i < 20_000; i += 2) {
         line(i)
         console.log(i + 1, 'from JavaScript', 'y'.repeat(60))
       }`,
    ],
    [
      'of both, from within callbacks',
      `const each = python.eval('lambda f, n: [f(i) for i in range(n)]')
       each((i) => {
         console.log(2 * i, 'from JavaScript', 'y'.repeat(60))
         line(2 * i + 1)
       }, 10_000)`,
    ],
    [
      'of both, where JavaScript writes first',
      `console.log('0 from JavaScript')
       line(1)
       for (let i = 2; i < 20_000; i += 2) {
         console.log(i, 'from JavaScript')
         line(i + 1)
       }`,
    ],
  ])('20,000 lines %s', async (_, script) => {
    const ending = await runNode(`process.stdout.write('');${LINES}${script}`, { node, slow: true })
    expect(ending).toMatchObject({ code: 0, stderr: '' })
    expect(numbers(ending.stdout)).toEqual(upTo(20_000))
  })

  test('all that threads write', async () => {
    const script = `process.stdout.write('')
      python.exec(\`
import threading
def write(n):
    for i in range(500): print(str(n) * 80)
threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
\`)`
    const { code, stdout } = await runNode(script, { node, slow: true })
    expect(code).toBe(0)
    const counts = upTo(8).map((n) => stdout.split(String(n)).length - 1)
    expect(counts).toEqual(Array(8).fill(500 * 80))
  })

  test('what atexit writes, after process.exit', async () => {
    const script = `process.stdout.write('')
      python.exec(\`
import atexit
def write():
    for n in range(5000): print(f'{n} from Python ' + 'x' * 60)
atexit.register(write)
\`); process.exit(3)`
    const { code, stdout } = await runNode(script, { node, slow: true })
    expect(code).toBe(3)
    expect(numbers(stdout)).toEqual(upTo(5000))
  })

  test('one piece of 4 MiB', async () => {
    const script = `process.stdout.write('')
      python.exec('import sys; sys.stdout.write("x" * 2**22 + "\\\\n"); sys.stdout.buffer.write(b"y" * 2**22)')`
    const { code, stdout } = await runNode(script, { node, slow: true })
    expect(code).toBe(0)
    expect(stdout).toBe(`${'x'.repeat(2 ** 22)}\n${'y'.repeat(2 ** 22)}`)
  })
})

describe('sys.stdout and sys.stderr', () => {
  test('come in the order of writing, with those of Node', async () => {
    const script = `
      python.exec('import sys')
      const write = python.eval('lambda text, stream: print(text, file=getattr(sys, stream))')
      console.log(1); write(2, 'stdout'); console.error(3); write(4, 'stderr'); console.log(5)`
    const { stdout } = await runNode(script, { shell: 'exec "$@" 2>&1' })
    expect(stdout).toBe('1\n2\n3\n4\n5\n')
  })

  test.each([
    [
      'are streams of text over a buffer',
      'isinstance(sys.stdout, io.TextIOBase), isinstance(sys.stdout.buffer, io.BufferedIOBase)',
      [true, true],
    ],
    [
      'have descriptors, names and modes',
      'sys.stdout.fileno(), sys.stderr.fileno(), sys.stdout.name, sys.stderr.name, sys.stdout.mode',
      [1, 2, '<stdout>', '<stderr>', 'w'],
    ],
    ['are no terminal here', 'sys.stdout.isatty(), sys.stderr.isatty()', [false, false]],
    [
      'take what has no encoding',
      'sys.stdout.errors, sys.stderr.errors',
      ['surrogateescape', 'backslashreplace'],
    ],
    [
      'are the ones that Python keeps',
      'sys.stdout is sys.__stdout__, sys.stderr is sys.__stderr__',
      [true, true],
    ],
    [
      'are writable only',
      'sys.stdout.writable(), sys.stdout.readable(), sys.stdout.seekable(), sys.stdout.closed',
      [true, false, false, false],
    ],
  ])('%s', async (_, source, expected) => {
    const script = `python.exec('import io, sys'); console.log(JSON.stringify(python.eval(${JSON.stringify(source)})))`
    const { stdout, stderr } = await runNode(script)
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual(expected)
  })

  test('write lone surrogates, and every code point, as Python does', async () => {
    const script = `python.exec('print("\\\\udc80é☃😀", end="")')`
    const { stdout } = await runNode(script)
    expect(stdout).toBe('\ufffdé☃😀') // the byte 0x80, which is no UTF-8
  })

  test('a pipe that nobody reads is a BrokenPipeError, not a death', async () => {
    const script = `
      let type = 'none'
      try { for (let i = 0; i < 1e5; i++) python.exec('print("x" * 1000)') } catch (error) { type = error.type }
      console.error(type)`
    const { code, stderr } = await runNode(script, {
      shell: '{ "$@"; echo "code $?" >&2; } | head -c 10 >/dev/null',
    })
    expect(stderr).toMatch(/^BrokenPipeError\ncode 0\n/)
    expect(code).toBe(0)
  })

  test('a stream that Python closed does no harm at the end', async () => {
    const script = `python.exec('import sys; print("before"); sys.stdout.close(); sys.stderr = None')`
    expect(await runNode(script)).toMatchObject({ code: 0, stdout: 'before\n', stderr: '' })
  })

  test('may be replaced', async () => {
    const script = `python.exec(\`
import io, sys
kept = sys.stdout
sys.stdout = io.StringIO()
print('hidden')
text = sys.stdout.getvalue()
sys.stdout = kept
print('shown', text, end='')
\`)`
    expect(await runNode(script)).toMatchObject({ code: 0, stdout: 'shown hidden\n' })
  })

  test('and input() reads stdin', async () => {
    const script = `console.log(python.eval('input()'))`
    const { stdout } = await runNode(script, { shell: 'echo typed | "$@"' })
    expect(stdout).toBe('typed\n')
  })
})
