import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, test } from 'vitest'
import type { DoctorReport } from '../../lib/index.js'
import { hasCompiler } from '../fixtures/compile.js'
import { compileC } from '../fixtures/minimal-root.js'
import { folder, temporaryFolder, write } from '../fixtures/python-tree.js'
import { defaultPython, pythons } from '../fixtures/pythons.js'
import { type RunOptions, root, run, runNode } from '../fixtures/run-node.js'

const cli = join(root, 'dist/cli.js')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const pybridge = (args: string[], options: RunOptions = {}) =>
  run(cli, { timeout: 60_000, python: defaultPython, ...options, args })
const doctor = (args: string[] = [], options: RunOptions = {}) =>
  pybridge(['doctor', ...args], options)

describe('the command line', () => {
  test.each([
    [['--version'], manifest.version],
    [['-v'], manifest.version],
    [['--help'], 'npx pybridge doctor'],
    [['help'], 'Commands:\n  doctor  tells'],
    [['doctor', '--help'], 'Example:\n  npx pybridge doctor --venv .venv'],
    [['doctor', '-h', '--nonsense'], 'Exit codes:'],
  ])('%j is answered on stdout', async (args, expected) => {
    const { code, stderr, stdout } = await pybridge(args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain(expected)
  })

  test.each([
    [[], 'no command is given'],
    [['physician'], 'there is no command physician'],
    [['constructor'], 'there is no command constructor'],
    [['doctor', '--nonsense'], "Unknown option '--nonsense'"],
    [['doctor', 'here'], "Unexpected argument 'here'"],
    [['doctor', '--timeout', 'soon'], '--timeout is a number of seconds'],
    [['doctor', '--python'], "Option '--python <value>' argument missing"],
  ])('%j is misused: exit code 2, and where help is', async (args, expected) => {
    const { code, stderr, stdout } = await pybridge(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(`pybridge: ${expected}`)
    expect(stderr).toMatch(/Try `npx pybridge.*--help`/)
  })

  test('every command is named in the help, and has help with an example', async () => {
    const { stdout } = await pybridge(['--help'])
    const [, list = ''] = /Commands:\n([\s\S]*?)\n\n/.exec(stdout) ?? []
    for (const line of list.split('\n')) {
      const [name = ''] = line.trim().split(' ')
      const { code, stdout: help } = await pybridge([name, '--help'])
      expect(code).toBe(0)
      expect(help).toContain(`Example:\n  npx pybridge ${name}`)
    }
  })
})

describe('the Python', () => {
  test.each(pythons)('%s is well', async (python) => {
    const { code, stdout } = await doctor(['--json'], { python })
    const report = JSON.parse(stdout) as DoctorReport
    const errors = report.findings.filter(({ outcome }) => outcome === 'error')
    expect(errors).toEqual([])
    expect(code).toBe(0)
    const said = spawnSync(
      python,
      [
        '-c',
        'import sys; print(".".join(map(str, sys.version_info[:3])), hasattr(sys, "gettotalrefcount"))',
      ],
      { encoding: 'utf8' },
    ).stdout.trim()
    expect(`${report.python?.version} ${report.python?.debug ? 'True' : 'False'}`).toBe(said)
    expect(report.python?.startMilliseconds).toBeGreaterThan(0)
  })

  test('is chosen by --python, --venv and --range, as by python.start', async () => {
    const named = JSON.parse((await doctor(['--json', '--python', defaultPython])).stdout)
    expect(named.steps[0]).toMatchObject({ source: 'option', outcome: 'chosen' })
    const ranged = JSON.parse((await doctor(['--json', '--range', '>=99'])).stdout)
    expect(ranged.findings).toContainEqual(
      expect.objectContaining({ check: 'choice', code: 'WRONG_VERSION' }),
    )
    const { code, stdout } = await doctor(['--json', '--venv', '/nowhere'])
    expect(code).toBe(1)
    expect(JSON.parse(stdout).findings).toContainEqual(
      expect.objectContaining({ check: 'choice', code: 'PYTHON_INVALID' }),
    )
  })
})

describe('the report as JSON', () => {
  test('has the documented shape, and nothing else', async () => {
    const report = JSON.parse((await doctor(['--json'])).stdout) as DoctorReport
    expect(Object.keys(report)).toEqual([
      'schema',
      'outcome',
      'system',
      'steps',
      'python',
      'findings',
    ])
    expect(report.schema).toBe(1)
    expect(report.system).toEqual({
      platform: process.platform,
      arch: process.arch,
      name: expect.any(String),
      libc: process.platform === 'linux' ? expect.stringMatching(/^(glibc|musl)$/) : null,
      libcVersion: report.system.libc === 'glibc' ? expect.stringMatching(/^2\.\d+/) : null,
      runtime: { name: 'node', version: process.versions.node, executable: process.execPath },
      pybridge: {
        version: manifest.version,
        folder: root.replace(/\/$/, ''),
        addon: expect.any(String),
      },
    })
    for (const finding of report.findings) {
      expect(Object.keys(finding)).toEqual([
        'check',
        'outcome',
        'code',
        'said',
        'advice',
        'commands',
      ])
      expect(finding.said).toMatch(/^\S.*\S$/)
      expect(finding.code === null).toBe(finding.outcome === 'ok')
      expect(finding.advice === null).toBe(finding.outcome === 'ok')
    }
  })

  test('is what the documentation shows', async () => {
    const page = readFileSync(join(root, 'docs/doctor.md'), 'utf8')
    const [, example = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? []
    const shown = JSON.parse(example) as DoctorReport
    const report = JSON.parse((await doctor(['--json'])).stdout) as DoctorReport
    const keys = (value: unknown): unknown =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, keys(each)]))
        : null
    expect(keys(shown)).toEqual(keys(report))
    expect(keys(shown.steps[0])).toEqual(keys(report.steps[0]))
    expect(keys(shown.findings[0])).toEqual(keys(report.findings[0]))
  })
})

describe('where things are not as they should be, it works', () => {
  const lines = ['System', 'Choice of Python', 'Checks']

  test.each<[string, RunOptions]>([
    [
      'without HOME, in the language C, with few descriptors and stdin closed',
      { env: { HOME: null, LANG: 'C', LC_ALL: 'C' }, shell: 'ulimit -n 64; exec "$@" <&-' },
    ],
    [
      'with a HOME that is not there, descriptor 3 in use, stdin and stderr closed',
      { env: { HOME: '/nowhere' }, shell: 'exec 3</dev/null; exec "$@" <&- 2>&-' },
    ],
    [
      'in a working directory that is gone',
      { shell: 'mkdir gone && cd gone && rmdir ../gone && exec "$@"' },
    ],
    ['with stdout closed', { shell: 'exec "$@" >&-' }],
  ])('%s', async (name, options) => {
    const cwd = temporaryFolder()
    const { code, stderr, stdout } = await doctor([], { ...options, cwd })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    if (!name.includes('stdout')) for (const line of lines) expect(stdout).toContain(line)
  })

  test('with an empty PATH, and nothing else in the environment', () => {
    const { status, stderr, stdout } = spawnSync(process.execPath, [cli, 'doctor'], {
      encoding: 'utf8',
      env: { PYBRIDGE_PYTHON: defaultPython },
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain('All is well')
  })

  test.runIf(process.getuid?.() === 0)('in a working directory that may not be read', () => {
    const cwd = folder(join(temporaryFolder(), 'closed'))
    const { status, stdout } = spawnSync(
      'setpriv',
      ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, cli, 'doctor'],
      { encoding: 'utf8', cwd, env: { PATH: '/usr/bin:/bin' } },
    )
    expect([0, 1]).toContain(status)
    expect(stdout).toContain('Choice of Python')
  })

  test('with its output read by head, which leaves early', () => {
    const script = `"$0" "$1" doctor | head -1; "$0" "$1" doctor --json | head -c 1; exit 0`
    const { stderr, stdout } = spawnSync('sh', ['-c', script, process.execPath, cli], {
      encoding: 'utf8',
      env: { ...process.env, PYBRIDGE_PYTHON: defaultPython },
    })
    expect({ stderr, stdout }).toEqual({ stderr: '', stdout: 'System\n{' })
  })

  test.runIf(process.platform === 'linux')(
    'with a full disk: it says so, and ends with 1',
    async () => {
      const { code, stderr } = await doctor([], { shell: 'exec "$@" >/dev/full' })
      expect(code).toBe(1)
      expect(stderr).toMatch(/^pybridge: the output cannot be written: .*ENOSPC.*\n$/)
    },
  )

  test('in a worker', async () => {
    const script = `// bare
      import { Worker } from 'node:worker_threads'
      const worker = new Worker(${JSON.stringify(cli)}, { argv: ['doctor'] })
      worker.on('exit', (code) => console.log('exit', code))`
    const { code, stdout } = await runNode(script, { python: defaultPython, timeout: 60_000 })
    expect(code).toBe(0)
    expect(stdout).toMatch(/All is well[\s\S]*exit 0\n$/)
  })

  test('through links, as pnpm lays packages out', async () => {
    const link = join(temporaryFolder(), 'pybridge')
    symlinkSync(root, link)
    const { code, stdout } = await run(join(link, 'dist/cli.js'), {
      args: ['doctor'],
      python: defaultPython,
    })
    expect(code).toBe(0)
    expect(stdout).toContain('All is well')
  })

  test('with options of Node that its child needs too', async () => {
    const flags = ['--no-warnings', '--max-old-space-size=200']
    expect(await doctor([], { flags })).toMatchObject({ code: 0, stderr: '' })
  })
})

describe('what it prints', () => {
  const colour = '\u001b['

  test.each<[string, Record<string, string | null>, boolean]>([
    ['with FORCE_COLOR', { FORCE_COLOR: '1' }, true],
    ['with FORCE_COLOR and NO_COLOR', { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('%s has colours as it asks for', async (_, env, expected) => {
    const { stdout } = await doctor([], { env })
    expect(stdout.includes(colour)).toBe(expected)
  })

  test.runIf(hasScript())('on a terminal has colours, and lines that fit', () => {
    const type = (env: Record<string, string>) => {
      const command = `stty cols 60; exec "${process.execPath}" "${cli}" doctor`
      const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
        encoding: 'utf8',
        env: { ...withoutRunner(), TERM: 'xterm', PYBRIDGE_PYTHON: defaultPython, ...env },
      })
      return stdout
    }
    const coloured = type({})
    expect(coloured).toContain(colour)
    const plain = type({ NO_COLOR: '1' })
    expect(plain).not.toContain(colour)
    const long = plain
      .split(/\r?\n/)
      .filter((line) => line.length > 60 && line.slice(16).trim().includes(' '))
    // Only what cannot be broken is longer: a path, or a command.
    expect(long.filter((line) => !line.includes('/'))).toEqual([])
  })

  test('holds nothing but ASCII of its own', async () => {
    const { stdout } = await doctor()
    expect(stdout).toMatch(/^[\x20-\x7e\n]*$/)
  })
})

describe('a native part', () => {
  /** The package without its native part, and what takes its place. */
  function packageWith(addon: string | null): string {
    const copy = temporaryFolder()
    for (const name of ['dist', 'python', 'package.json'])
      cpSync(join(root, name), join(copy, name), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
    if (addon !== null) {
      mkdirSync(join(copy, 'build/Release'), { recursive: true })
      write(join(copy, 'build/Release/pybridge.node'), readFileSync(addon))
    }
    return join(copy, 'dist/cli.js')
  }
  const finding = async (script: string) => {
    const { code, stderr, stdout } = await run(script, {
      args: ['doctor', '--json'],
      python: defaultPython,
    })
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    const report = JSON.parse(stdout) as DoctorReport
    expect(report.steps.at(-1)?.outcome).toBe('chosen') // the choice is told all the same
    return report.findings.find(({ check }) => check === 'addon')
  }

  test('that is not there is told with what the package holds, and how it is compiled', async () => {
    expect(await finding(packageWith(null))).toMatchObject({
      code: 'ADDON_NOT_FOUND',
      said: expect.stringContaining('it holds none'),
      commands: [expect.stringContaining('npx node-gyp rebuild')],
    })
  })

  test('that is no library is told with the words of the loader', async () => {
    const file = write(join(temporaryFolder(), 'text'), 'hello')
    expect(await finding(packageWith(file))).toMatchObject({
      code: 'ADDON_NOT_FOUND',
      said: expect.stringMatching(/does not load: .*(too short|invalid)/),
    })
  })

  test.runIf(hasCompiler)('that crashes when it is loaded is told by its signal', async () => {
    const source = '__attribute__((constructor)) void crash(void) { *(volatile int*)0 = 1; }'
    const file = compileC(join(temporaryFolder(), 'crash.node'), source)
    const script = packageWith(file)
    const { code, stdout } = await run(script, {
      args: ['doctor', '--json'],
      python: defaultPython,
    })
    expect(code).toBe(1)
    expect(JSON.parse(stdout).findings).toContainEqual(
      expect.objectContaining({
        code: 'CRASHED',
        said: expect.stringContaining('died of SIGSEGV while the native part was loaded'),
      }),
    )
  })
})

describe('what is imported first', () => {
  test('and fails is told with its error', async () => {
    const module = write(join(temporaryFolder(), 'broken.mjs'), 'throw new TypeError("mine")')
    const { code, stdout } = await doctor(['--import', module])
    expect(code).toBe(1)
    expect(stdout).toContain('ended before pybridge was loaded: TypeError: mine')
  })

  test('and writes to stdout and stderr disturbs nothing', async () => {
    const source = 'console.log("noise"); console.error("noise")'
    const module = write(join(temporaryFolder(), 'noise.mjs'), source)
    const { code, stderr, stdout } = await doctor(['--import', module, '--json'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout).outcome).not.toBe('error')
  })
})

function hasScript(): boolean {
  return spawnSync('script', ['--version']).status === 0
}

/** Without what the test runner sets. */
function withoutRunner(): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _, NO_COLOR: __, ...env } = process.env
  return env
}
