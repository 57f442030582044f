import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { elfFile } from '../fixtures/elf-file.js'
import { python, temporaryFolder } from '../fixtures/python-tree.js'
import { ask, defaultPython } from '../fixtures/pythons.js'
import { type RunOptions, run, runNode } from '../fixtures/run-node.js'

/** What the script prints as JSON on its last line. */
async function answer(script: string, options: RunOptions = {}): Promise<unknown> {
  const ending = await runNode(script, options)
  expect(ending.code, ending.stderr).toBe(0)
  return JSON.parse(ending.stdout.trim().split('\n').at(-1) ?? '')
}

const print = (expression: string) => `console.log(JSON.stringify(${expression}))`
const evaluate = (source: string) => print(`python.eval(${JSON.stringify(source)})`)

/** The code of the error that the script ends with, and what Python says afterwards. */
const codeOf = (script: string) => `
  try { ${script}; console.log('none') } catch (error) { console.log(error.code) }`

async function refusal(script: string, options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await runNode(codeOf(script), options)
  expect(code, stderr).toBe(0)
  return stdout.trim()
}

describe('Python starts', () => {
  test.each([
    ['LC_ALL=C', { LC_ALL: 'C' }],
    ['LC_ALL=POSIX', { LC_ALL: 'POSIX' }],
    ['LANG=C and nothing else', { LC_ALL: null, LC_CTYPE: null, LANG: 'C' }],
    ['a locale that is not there', { LC_ALL: 'xx_YY.ISO-8859-1' }],
    [
      'PYTHONUTF8=0 and PYTHONCOERCECLOCALE=0',
      { LC_ALL: 'C', PYTHONUTF8: '0', PYTHONCOERCECLOCALE: '0' },
    ],
  ])('and speaks UTF-8 under %s', async (_, env) => {
    const source = `[sys.stdout.encoding, sys.getfilesystemencoding(), locale.getpreferredencoding(False), 'é☃', sys.flags.utf8_mode]`
    const { stdout } = await runNode(
      `python.exec('import locale, sys; print("é☃")'); ${evaluate(source)}`,
      { env },
    )
    expect(stdout.toLowerCase()).toBe('é☃\n["utf-8","utf-8","utf-8","é☃",1]\n')
  })

  test.each([
    ['stdin', 'exec "$@" <&-'],
    ['stdout', 'exec "$@" >&-'],
    ['stderr', 'exec "$@" 2>&-'],
    ['all three', 'exec "$@" <&- >&- 2>&-'],
  ])('with %s closed', async (_, shell) => {
    const file = join(temporaryFolder(), 'answer')
    const { code, signal } = await runNode(
      `import { writeFileSync } from 'node:fs'
       python.exec('import sys; print("out"); print("err", file=sys.stderr)')
       writeFileSync(${JSON.stringify(file)}, String(python.eval('6 * 7')))`,
      { shell },
    )
    expect({ code, signal }).toEqual({ code: 0, signal: null })
    expect(execFileSync('cat', [file], { encoding: 'utf8' })).toBe('42')
  })

  test('in another folder, which is the first on sys.path as for `python -c`', async () => {
    const folder = temporaryFolder()
    const plain = ask(defaultPython, 'import sys; print(repr(sys.path[0]))')
    const script = `process.chdir(${JSON.stringify(folder)})
      ${print('[python.eval(\'__import__("os").getcwd()\'), python.eval(\'repr(__import__("sys").path[0])\')]')}`
    expect(await answer(script)).toEqual([folder, plain])
  })

  test('with the umask of the process, and leaves it', async () => {
    const script = `python.start()
      const set = python.import('os').umask(0o777)
      python.import('os').umask(set)
      ${print('[set, process.umask()]')}`
    expect(await answer(script, { shell: 'umask 027; exec "$@"' })).toEqual([0o027, 0o027])
  })

  // With fewer Node itself crashes, Node 22 also with some of these; from 25 on there are enough.
  test.each([18, 20, 21, 22, 23, 24, 26, 40])(
    'or refuses typed with %i file descriptors',
    async (descriptors) => {
      const shell = `ulimit -n ${descriptors}; exec "$@"`
      const bare = await runNode('// bare', { shell })
      if (bare.signal !== null) {
        console.log(`${descriptors} descriptors are too few for Node ${process.version} itself`)
        return
      }
      const { code, signal, stdout, stderr } = await runNode(
        `${codeOf("console.log(python.eval('6 * 7'))")}; console.log('alive')`,
        { shell },
      )
      if (stdout === '')
        expect(stderr).toMatch(/EMFILE|START_FAILED/) // neither script nor package could be loaded
      else expect(stdout).toMatch(/^(42\nnone|\w+_\w+)\nalive\n$/)
      expect(signal).toBeNull()
      expect(code).toBe(stdout === '' ? 1 : 0)
    },
  )

  test('where json.py in the working folder shadows the standard library: as the interpreter does', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'json.py'), 'shadow = 42')
    const script = `${evaluate("__import__('json').shadow")}`
    const plain = execFileSync(defaultPython, ['-c', "print(__import__('json').shadow)"], {
      cwd: folder,
    })
    expect(await answer(script, { cwd: folder })).toBe(Number(plain))
  })

  test.each([
    ['re'],
    ['typing'],
    ['threading'],
    ['functools'],
    ['linecache'],
    ['select'],
    ['traceback'],
  ])('where %s.py in the working folder is broken: told only when it is needed', async (name) => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, `${name}.py`), 'raise RuntimeError("shadowed")')
    expect(await answer(`python.start(); ${evaluate('6 * 7')}`, { cwd: folder })).toBe(42)
  })

  test('with a broken abc.py on PYTHONPATH: as the interpreter does', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'abc.py'), 'raise RuntimeError("shadowed")')
    const { code, signal, stdout } = await runNode(codeOf(evaluate('6 * 7')), {
      env: { PYTHONPATH: folder },
    })
    expect(stdout).toMatch(/^(42\nnone|START_FAILED)\n$/) // abc is frozen from 3.11 on
    expect({ code, signal }).toEqual({ code: 0, signal: null })
  })

  test.each([
    ['PYTHONHASHSEED', 'no number'],
    ['PYTHONMALLOC', 'no allocator'],
    ['PYTHONIOENCODING', 'no-such-encoding'],
    ['PYTHONTRACEMALLOC', 'no number'],
    ['PYTHONUTF8', '2'],
  ])('or refuses typed with %s=%s', async (name, value) => {
    const { code, signal, stdout } = await runNode(
      `${codeOf("console.log(python.eval('6 * 7'))")}; console.log('alive')`,
      { env: { [name]: value } },
    )
    expect(stdout).toMatch(/^(42\nnone|START_FAILED)\nalive\n$/)
    expect({ code, signal }).toEqual({ code: 0, signal: null })
  })

  test('after a refusal for want of file descriptors', async () => {
    const script = `
      import { closeSync, openSync } from 'node:fs'
      const taken = []
      try { for (;;) taken.push(openSync('/dev/null')) } catch {}
      for (const descriptor of taken.splice(-2)) closeSync(descriptor) // to look for Python
      ${codeOf('python.start()')}
      for (const descriptor of taken) closeSync(descriptor)
      console.log(python.eval('6 * 7'))`
    const { code, stdout } = await runNode(script, { shell: 'ulimit -n 64; exec "$@"' })
    expect(code).toBe(0)
    // Without libuv the bridge needs fewer for its own, and libpython is the one that finds none.
    expect(stdout).toMatch(/^(START_FAILED|LIBRARY_LOAD)\n42\n$/)
  })

  test("beside a module `pybridge` of the user's, which stays theirs", async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'pybridge.py'), 'raise RuntimeError("the wrong one")')
    expect(await answer(evaluate('6 * 7'), { env: { PYTHONPATH: folder } })).toBe(42)
  })

  test('in a folder that is gone', async () => {
    const folder = join(temporaryFolder(), 'gone')
    mkdirSync(folder)
    expect(
      await answer(evaluate('6 * 7'), { shell: `cd ${folder}; rmdir ${folder}; exec "$@"` }),
    ).toBe(42)
  })

  test('with an empty environment', async () => {
    const python = JSON.stringify(defaultPython)
    const script = `python.start({ python: ${python} }); ${evaluate('[6 * 7, "é"]')}`
    expect(await answer(script, { shell: 'exec env -i "$@"' })).toEqual([42, 'é'])
  })

  test.each([
    ['8192', []],
    ['1024', []],
    ['unlimited', []],
    ['8192', ['--stack-size=50000']],
  ])('with a stack of %s KiB and %j: deep recursion is an error', async (size, flags) => {
    const script = `
      const call = python.eval('lambda f: f()')
      let depth = 0
      const deeper = () => { depth++; call(deeper) }
      let name = 'none'
      try { deeper() } catch (error) { name = error.name }
      ${print("[/Error$/.test(name), depth > 20, python.eval('6 * 7')]")}`
    const shell = `ulimit -s ${size}; exec "$@"`
    expect(await answer(script, { shell, flags })).toEqual([true, true, 42])
  })

  test('with a debugging allocator', async () => {
    const script = evaluate('[6 * 7, "x" * 3, [1.5]]')
    expect(await answer(script, { env: { PYTHONMALLOC: 'debug' } })).toEqual([42, 'xxx', [1.5]])
  })

  test('in development mode, without a warning', async () => {
    const { stdout, stderr } = await runNode(evaluate('__import__("sys").flags.dev_mode'), {
      env: { PYTHONDEVMODE: '1' },
    })
    expect({ stdout, stderr }).toEqual({ stdout: 'true\n', stderr: '' })
  })
})

test('a virtual environment is sys.prefix, its python is sys.executable, also in a subprocess', async () => {
  const venv = join(temporaryFolder(), 'env')
  execFileSync(defaultPython, ['-m', 'venv', '--without-pip', venv])
  const source = `[sys.prefix, sys.executable, subprocess.run(
    [sys.executable, '-c', 'import sys; print(sys.prefix)'], capture_output=True, text=True).stdout]`
  const script = `python.start({ venv: ${JSON.stringify(venv)} })
    python.exec('import subprocess, sys')
    ${evaluate(source)}`
  const [prefix, executable, inside] = (await answer(script)) as string[]
  expect(prefix).toBe(venv)
  expect(dirname(executable ?? '')).toBe(join(venv, 'bin'))
  expect(inside).toBe(`${venv}\n`)
})

test('sys.executable is the interpreter, not Node, and so is that of its children', async () => {
  const source = `subprocess.run([sys.executable, '-c', 'print(6 * 7)'], capture_output=True, text=True).stdout`
  const script = `python.exec('import subprocess, sys'); ${print(
    `[python.eval('sys.executable'), python.eval(${JSON.stringify(source)})]`,
  )}`
  expect(await answer(script, { python: defaultPython })).toEqual([defaultPython, '42\n'])
})

describe('options', () => {
  test('path goes first on sys.path, argv is sys.argv', async () => {
    const script = `python.start({ path: ['/one', '/two'], argv: ['program', '-v'] })
      python.exec('import sys')
      ${print("[python.eval('sys.path[:2]'), python.eval('sys.argv')]")}`
    expect(await answer(script)).toEqual([
      ['/one', '/two'],
      ['program', '-v'],
    ])
  })

  test("argv is [''] without one", async () => {
    expect(await answer(evaluate('__import__("sys").argv'))).toEqual([''])
  })

  test.each([
    ['an unknown one', '{ pythno: "3.11" }', 'INVALID_ARGUMENT'],
    ['a path that is no list', '{ path: "/one" }', 'INVALID_ARGUMENT'],
    ['argv that are no strings', '{ argv: [1] }', 'INVALID_ARGUMENT'],
    ['a python that is no string', '{ python: 3 }', 'INVALID_ARGUMENT'],
    ['null', 'null', 'INVALID_ARGUMENT'],
    ['a string', '"3.11"', 'INVALID_ARGUMENT'],
    ['a python that is not there', '{ python: "/nowhere/python3" }', 'PYTHON_INVALID'],
    ['a venv that is not there', '{ venv: "/nowhere" }', 'PYTHON_INVALID'],
  ])('%s is refused', async (_, options, code) => {
    expect(await refusal(`python.start(${options})`)).toBe(code)
  })

  test('after a refusal another start works', async () => {
    const script = `${codeOf('python.start({ python: "/nowhere/python3" })')}; ${evaluate('6 * 7')}`
    expect(await answer(script)).toBe(42)
  })
})

describe('a second start', () => {
  test.each([
    ['the same', 'python.start()', 'python.start()', 'none'],
    [
      'the same with options',
      'python.start({ argv: ["a"] })',
      'python.start({ argv: ["a"] })',
      'none',
    ],
    ['none after options', 'python.start({ argv: ["a"] })', 'python.start()', 'none'],
    ['another', 'python.start()', 'python.start({ argv: ["a"] })', 'ALREADY_STARTED'],
    [
      'another Python',
      'python.start()',
      'python.start({ python: "/usr/bin/python3" })',
      'ALREADY_STARTED',
    ],
    ['after the first use', 'python.eval("1")', 'python.start({ argv: ["a"] })', 'ALREADY_STARTED'],
  ])('%s', async (_, first, second, code) => {
    expect(await refusal(`${first}; ${second}`)).toBe(code)
  })

  test('in a worker knows what the main thread chose', async () => {
    const script = `
      import { isMainThread, parentPort, Worker } from 'node:worker_threads'
      if (isMainThread) {
        python.start({ argv: ['main'] })
        new Worker(new URL(import.meta.url)).on('message', (said) => console.log(JSON.stringify(said)))
      } else {
        const codes = []
        for (const options of [undefined, { argv: ['main'] }, { argv: ['worker'] }]) {
          try { python.start(options); codes.push('none') } catch (error) { codes.push(error.code) }
        }
        const { started, executable, version, internals } = python.info
        parentPort.postMessage([codes, started, executable, version, typeof internals])
      }`
    const version = ask(defaultPython, 'import platform; print(platform.python_version())')
    expect(await answer(script, { python: defaultPython })).toEqual([
      ['none', 'none', 'ALREADY_STARTED'],
      true,
      defaultPython,
      version,
      'object',
    ])
  })
})

describe('what cannot be started', () => {
  test('PYTHONHOME without a standard library: BAD_HOME', async () => {
    expect(await refusal('python.start()', { env: { PYTHONHOME: '/nowhere' } })).toBe('BAD_HOME')
  })

  const someLibrary = () => {
    const path = /\S+\/libm\.so\.6/.exec(readFileSync('/proc/self/maps', 'utf8'))?.[0]
    return readFileSync(path ?? '')
  }

  test.each([
    ['is not there', () => null, /LIBRARY_NOT_FOUND/],
    ['has a head and nothing else', () => elfFile(), /LIBRARY_LOAD/],
    ['ends in the middle', () => someLibrary().subarray(0, 4096), /LIBRARY_LOAD/],
    ['is something else', someLibrary, /has no symbol \w+.*LIBRARY_LOAD/],
    ['is a text', () => 'this is no library', /LIBRARY_NOT_FOUND|LIBRARY_LOAD/],
  ])('an interpreter whose library %s', async (_, content, expected) => {
    const folder = temporaryFolder()
    const bytes = content()
    const executable = python(folder, { library: bytes === null ? 'none' : 'linked' })
    if (bytes !== null) writeFileSync(join(folder, 'lib/libpython3.97.so.1.0'), bytes)
    const { code, stdout } = await runNode(`
      try { python.start({ python: ${JSON.stringify(executable)} }) }
      catch (error) { console.log(error.message.replaceAll('\\n', ' ')) }`)
    expect(code).toBe(0)
    expect(stdout).toMatch(expected)
  })

  test('a failed start: the reason, the process alive, and the same code again', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'encodings'))
    writeFileSync(join(folder, 'encodings/__init__.py'), 'raise ImportError("broken on purpose")')
    const script = `
      ${codeOf("python.eval('1')")}
      ${codeOf("python.eval('1')")}
      console.log('alive', python.info.started)`
    const ending = await runNode(script, {
      env: { PYTHONPATH: folder, PYTHONHOME: null },
    })
    expect(ending).toMatchObject({
      code: 0,
      signal: null,
      stdout: 'START_FAILED\nSTART_FAILED\nalive false\n',
    })
  })
})

/** The bit of a signal in the masks of /proc. */
const bit = (signal: number) => 1n << BigInt(signal - 1)

/** The signal that wakes Python: real-time, so that nobody else has a name for it. */
function isWake(caught: bigint): boolean {
  const others = caught & ~bit(constants.signals.SIGINT)
  return others > bit(34) && (others & (others - 1n)) === 0n
}

describe('Node keeps', () => {
  test('its signal dispositions, but for Ctrl-C and the signal that wakes Python', async () => {
    const script = `
      import { readFileSync } from 'node:fs'
      const masks = () => readFileSync('/proc/self/status', 'utf8').match(/Sig(Blk|Ign|Cgt):.*/g)
      process.on('SIGUSR2', () => {}).on('SIGTERM', () => {})
      const before = masks()
      python.start()
      const after = masks()
      python.exec('import faulthandler, signal, ssl, threading, subprocess, asyncio')
      ${print('[before, after, masks()]')}`
    const [before, after, later] = (await answer(script)) as string[][]
    expect(before).toHaveLength(3)
    const isCaught = (mask: string) => mask.startsWith('SigCgt')
    const others = (masks: string[] = []) => masks.filter((mask) => !isCaught(mask))
    const caught = (masks: string[] = []) => BigInt(`0x${masks.find(isCaught)?.slice(8)}`)
    expect(others(after)).toEqual(others(before))
    expect(isWake(caught(after) & ~caught(before))).toBe(true)
    expect(caught(before) & ~caught(after)).toBe(0n)
    expect(later).toEqual(after)
  })

  test('all but those of a crash, where PYTHONFAULTHANDLER asks to be told of them', async () => {
    const script = `
      import { readFileSync } from 'node:fs'
      const caught = () => /SigCgt:\\s*(\\w+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]
      const before = caught()
      python.start()
      ${print('[before, caught()]')}`
    const masks = (await answer(script, { env: { PYTHONFAULTHANDLER: '1' } })) as string[]
    const [before = 0n, after = 0n] = masks.map((mask) => BigInt(`0x${mask}`))
    const { SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV } = constants.signals
    const ofCrashes = [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV]
    const expected = ofCrashes.reduce((mask, signal) => mask | bit(signal), before)
    expect(expected & ~after).toBe(0n)
    expect(isWake(after & ~expected)).toBe(true)
  })

  test.each([
    ['SIGTERM', 'SIGTERM', null],
    ['SIGINT', 'SIGINT', null],
    ['SIGHUP', 'SIGHUP', null],
  ] as const)('the default of %s, outside Python', async (signal, expected, code) => {
    const ending = await runNode(
      `python.eval('1'); setInterval(() => {}, 1000); console.log('ready')`,
      { onReady: (pid) => process.kill(pid, signal) },
    )
    expect(ending).toMatchObject({ signal: expected, code })
  })

  test('130 for the shell after Ctrl-C', async () => {
    const { code } = await runNode(
      `python.eval('1'); setInterval(() => {}, 1000)
       setTimeout(() => process.kill(process.pid, 'SIGINT'), 50)`,
      { shell: '"$@"; exit $?' },
    )
    expect(code).toBe(130)
  })

  test('listeners on SIGINT', async () => {
    const { code, stdout } = await runNode(
      `process.on('SIGINT', () => { console.log(python.eval('6 * 7')); process.exit(5) })
       python.eval('1'); setInterval(() => {}, 1000); console.log('ready')`,
      { onReady: (pid) => process.kill(pid, 'SIGINT') },
    )
    expect({ code, stdout }).toEqual({ code: 5, stdout: 'ready\n42\n' })
  })
})

describe('importing the package', () => {
  test('loads no addon, opens no libpython and starts nothing', async () => {
    const script = `
      import { readFileSync } from 'node:fs'
      const maps = readFileSync('/proc/self/maps', 'utf8')
      ${print('[/libpython/.test(maps), /pybridge\\S*\\.node/.test(maps), python.info.started]')}`
    expect(await answer(script)).toEqual([false, false, false])
  })

  test('the two classes, and looking at the surface, start nothing either', async () => {
    const script = `
      const surface = Object.getOwnPropertyNames(python).length
      const known = [typeof python, typeof PythonError, typeof BridgeError, surface > 5]
      console.log(JSON.stringify([known, python.info.started]))`
    expect(await answer(script)).toEqual([['function', 'function', 'function', true], false])
  })
})

describe('python.info', () => {
  const about = `(({ started, executable, version, problem, internals }) =>
    ({ started, executable, version, problem: problem?.code ?? null, internals: internals !== null }))(python.info)`

  test('before and after the start', async () => {
    const full = ask(defaultPython, 'import platform; print(platform.python_version())')
    const script = `const before = ${about}; python.start(); ${print(`[before, ${about}]`)}`
    const [before, after] = (await answer(script, { python: defaultPython })) as Record<
      string,
      unknown
    >[]
    expect(before).toEqual({
      started: false,
      executable: defaultPython,
      version: full.split('.').slice(0, 2).join('.'),
      problem: null,
      internals: false,
    })
    expect(after).toEqual({ ...before, started: true, version: full, internals: true })
  })

  test.each([
    ['PYBRIDGE_PYTHON is not there', { PYBRIDGE_PYTHON: '/nowhere/python3' }],
    ['PYBRIDGE_PYTHON is a file of text', { PYBRIDGE_PYTHON: '/etc/passwd' }],
    ['VIRTUAL_ENV is not there', { PYBRIDGE_PYTHON: null, VIRTUAL_ENV: '/nowhere' }],
    ['PYTHONHOME holds nothing', { PYTHONHOME: '/nowhere' }],
    [
      'CONDA_PREFIX is not there',
      { PYBRIDGE_PYTHON: null, VIRTUAL_ENV: null, CONDA_PREFIX: '/nowhere', PATH: '/nowhere' },
    ],
  ])('where %s: says why, and never throws', async (_, env) => {
    const script = `const { problem, started, steps } = python.info
      const again = python.info
      ${print('[problem?.name, problem?.code, started, steps.length > 0, again.problem?.code]')}`
    const [name, code, started, hasSteps, again] = (await answer(script, { env })) as unknown[]
    expect({ name, started, again }).toEqual({ name: 'BridgeError', started: false, again: code })
    expect(hasSteps).toBe(true)
    expect(code).toMatch(/^(PYTHON|LIBRARY|BAD)_/)
  })

  test('after the end, and in a handler of exit', async () => {
    const script = `python.start(); process.on('exit', () => { ${print(about)} })`
    expect(await answer(script)).toMatchObject({ started: true })
  })
})

test('a script on disk, run as `node script.mjs`, needs nothing more', async () => {
  const file = join(temporaryFolder(), 'hello.mjs')
  const index = new URL('../../dist/index.js', import.meta.url).href
  writeFileSync(file, `import { python } from '${index}'\nconsole.log(python.eval('6 * 7'))`)
  expect(await run(file)).toMatchObject({ code: 0, stdout: '42\n', stderr: '' })
})
