import { describe, expect, test } from 'vitest'
import { pythons } from '../fixtures/pythons.js'
import { runNode, withoutForkWarning } from '../fixtures/run-node.js'

/** A script that runs the source in `__main__`. */
const exec = (source: string) => `python.exec(${JSON.stringify(source)})`

/** What a child of os.fork does, and the status that its parent sees. */
const FORK = `
import atexit, os, sys, threading
atexit.register(lambda: print('atexit'))
def forked(work):
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 99
        try:
            status = work(lambda text: os.write(writer, text.encode()))
        except BaseException as error:
            os.write(writer, f'{type(error).__name__} {getattr(error, "code", error)}'.encode())
        os._exit(status)
    os.close(writer)
    with open(reader) as said:
        return said.read(), os.waitpid(pid, 0)[1]
`

describe.each(pythons)('a child of os.fork, in %s', (python) => {
  test.each([
    ['computes', `say(str(sum(range(10))) + repr([n for n in 'ab'])); return 0`, `45['a', 'b'] 0`],
    ['imports', `import fractions; say(str(fractions.Fraction(2, 4))); return 3`, '1/2 768'],
    [
      'starts threads',
      `t = threading.Thread(target=say, args=('t',)); t.start(); t.join(); return 4`,
      't 1024',
    ],
    [
      'starts processes',
      `say(subprocess.run(['echo', 'a'], stdout=-1).stdout.decode().strip()); return 0`,
      'a 0',
    ],
    ['forks', 'say(str(forked(lambda say: 5)[1])); return 6', '1280 1536'],
    ['calls no JavaScript', 'f(1); return 0', 'BridgeError FORKED 25344'],
    ['dies by a signal', 'os.kill(os.getpid(), 9)', ' 9'],
  ])('%s', async (_, body, expected) => {
    const script = `${exec(`${FORK}
import subprocess
def check(f):
    def work(say):
        ${body}
    print(*forked(work))`)}
      process.on('exit', (code) => console.log('exit', code))
      python.eval('check')((n) => console.log('called', n))
      console.log(python.eval('1 + 1'))`
    const { code, stdout } = await runNode(script, { python })
    // Node's own exit, and Python's, come once: neither is the child's.
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${expected}\n2\natexit\nexit 0\n` })
  })
})

/** What a script's end does in the child, where the parent goes on. */
describe.each(pythons)('a child of os.fork that comes back to JavaScript, in %s,', (python) => {
  const BACK = `
import os, sys, threading
class Returns:
    def __getattr__(self, name): return fork(lambda: name)
    def __iter__(self): return fork(lambda: iter([]))
    def __getitem__(self, index): return fork(lambda: index)
def fork(work):
    pid = os.fork()
    if pid == 0: return work()
    status = os.waitpid(pid, 0)[1]
    print('status', status if status < 256 else status >> 8)
    return None
def fail(): raise ValueError('on purpose')`

  /** A function whose child does this work and comes back with what that gives. */
  const forks = (work: string) => `python.eval('lambda *given: fork(${work})')`

  test.each([
    ['returns a number', `${forks('lambda: 1')}()`, 0, ''],
    ['returns a list', `${forks('lambda: [1, "x"]')}()`, 0, ''],
    ['returns a function', `${forks('lambda: fork')}()`, 0, ''],
    ['returns what it was given', `${forks('lambda: given')}(() => 1, {})`, 0, ''],
    ['raises', `${forks('fail')}()`, 1, 'ValueError: on purpose\n'],
    ['leaves by sys.exit', `${forks('sys.exit')}()`, 0, ''],
    ['leaves by sys.exit(7)', `${forks('lambda: sys.exit(7)')}()`, 7, ''],
    ['leaves by sys.exit("why")', `${forks('lambda: sys.exit("why")')}()`, 1, 'why\n'],
    ['was read as an attribute', 'returns.name', 0, ''],
    ['was read as an item', 'returns[0]', 0, ''],
    ['was iterated', 'try { [...returns] } catch {}', 0, ''],
    ['was executed', `python.exec('fork(lambda: 1)')`, 0, ''],
    ['is within a callback', `call(() => ${forks('lambda: 1')}())`, 0, ''],
    ['is of fn.async', `await ${forks('lambda: [1]')}.async()`, 0, ''],
    ['is of fn.async, and raises', `await ${forks('fail')}.async()`, 1, 'ValueError: on purpose\n'],
    [
      'is of a thread of Python',
      `python.exec('t = threading.Thread(target=fork, args=(int,)); t.start(); t.join()')`,
      0,
      '',
    ],
  ])('and %s, ends there', async (_, body, status, said) => {
    const script = `${exec(BACK)}
      python.exec('import atexit; atexit.register(print, "atexit")')
      process.on('exit', (code) => console.log('exit', code))
      const call = python.eval('lambda f: f()'), returns = python.eval('Returns()')
      ${body}
      console.log('parent')`
    const { code, stdout, stderr } = await runNode(script, { python })
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `status ${status}\nparent\natexit\nexit 0\n`,
    })
    expect(withoutForkWarning(stderr).endsWith(said)).toBe(true)
    expect(said === '' ? withoutForkWarning(stderr) : '').toBe('')
  })

  test('writes what it had not yet written', async () => {
    const script = exec(`${BACK}
fork(lambda: sys.stdout.write('no line end '))`)
    const { stdout } = await runNode(script, { python })
    expect(stdout).toBe('no line end status 0\n')
  })
})

describe('a child of os.fork', () => {
  test('writes with print, after Node has used its stdout', async () => {
    const script = `process.stdout.write('Node\\n')
      ${exec(`${FORK}
def work(say):
    for n in range(20000): print(n, 'x' * 60)
    return 0
print(forked(work)[1])`)}`
    const { code, stdout } = await runNode(script, { slow: true })
    const said = stdout.split('\n')
    expect({ code, first: said[0], count: said.length }).toEqual({
      code: 0,
      first: 'Node',
      count: 20_004,
    })
  })

  test('is one where other threads run', async () => {
    const script = exec(`${FORK}
import time
done = threading.Event()
def spin():
    while not done.is_set(): time.sleep(0.001)
threads = [threading.Thread(target=spin) for _ in range(4)]
for thread in threads: thread.start()
print([forked(lambda say: n)[1] >> 8 for n in range(10)])
done.set()`)
    const { code, stdout } = await runNode(script)
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\natexit\n',
    })
  })
})

describe.each(pythons)('what Python starts, in %s', (python) => {
  const SAY = `echo out; echo err >&2; exit 3`
  test.each([
    ['subprocess.run', `subprocess.run(SAY, shell=True).returncode`, 3],
    [
      'subprocess.run with preexec_fn',
      `subprocess.run(SAY, shell=True, preexec_fn=os.getpid).returncode`,
      3,
    ],
    [
      'subprocess.Popen in a session of its own',
      `subprocess.Popen(SAY, shell=True, start_new_session=True).wait()`,
      3,
    ],
    ['os.system', 'os.system(SAY) >> 8', 3],
    [
      'os.posix_spawn',
      `os.waitpid(os.posix_spawn('/bin/sh', ['sh', '-c', SAY], os.environ), 0)[1] >> 8`,
      3,
    ],
    [
      'os.posix_spawnp',
      `os.waitpid(os.posix_spawnp('sh', ['sh', '-c', SAY], os.environ), 0)[1] >> 8`,
      3,
    ],
    ['os.spawnlp', `os.spawnlp(os.P_WAIT, 'sh', 'sh', '-c', SAY)`, 3],
    ['asyncio', `asyncio.run(shell())`, 3],
    [
      'a command that kills itself',
      `subprocess.run(SAY.replace('exit 3', 'kill -9 $$'), shell=True).returncode`,
      -9,
    ],
  ])('%s writes where Node does, and its code is right', async (_, source, expected) => {
    const script = `console.log('Node')
      ${exec(`import asyncio, os, subprocess
SAY = '${SAY}'
async def shell(): return await (await asyncio.create_subprocess_shell(SAY)).wait()`)}
      console.log(python.eval(${JSON.stringify(source)}))`
    const { stderr, ...ending } = await runNode(script, { python })
    expect(ending).toMatchObject({ code: 0, stdout: `Node\nout\n${expected}\n` })
    expect(withoutForkWarning(stderr)).toBe('err\n')
  })
})

describe('what Python starts', () => {
  test.each([
    ['subprocess', `subprocess.check_call(['seq', '100000'])`],
    ['os.system', `os.system('seq 100000')`],
    ['os.posix_spawn', `os.waitpid(os.posix_spawnp('seq', ['seq', '100000'], os.environ), 0)`],
    [
      'Python',
      `subprocess.check_call([sys.executable, '-c', 'for n in range(100000): print(n + 1)'])`,
    ],
  ])('loses nothing where a pipe is full: %s', async (_, source) => {
    const script = `process.stdout.write('')
      ${exec(`import os, subprocess, sys\n${source}`)}`
    const { code, stdout, stderr } = await runNode(script, { slow: true })
    expect({ code, stderr, count: stdout.split('\n').length }).toEqual({
      code: 0,
      stderr: '',
      count: 100_001,
    })
  })

  test('fails as Python says', async () => {
    const script = `python.exec('import subprocess')
      for (const source of ['["no-such-command"]', '"exit 7", shell=True, check=True']) {
        try { python.eval('subprocess.run(' + source + ')') } catch (error) { console.log(error.type, /7|No such/.test(error.message)) }
      }`
    expect(await runNode(script)).toMatchObject({
      code: 0,
      stdout: 'FileNotFoundError true\nCalledProcessError true\n',
    })
  })
})
