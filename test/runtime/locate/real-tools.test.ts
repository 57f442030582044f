// What is found is what the tools themselves say: uv, pyenv, Poetry, pipenv and virtualenv.
import { execFileSync } from 'node:child_process'
import { readdirSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type LocateOptions, locate } from '../../../lib/runtime/locate/index.js'
import { pyenvHere, toolsHere, uvHere } from '../../fixtures/managers.js'
import { folder, link, temporaryFolder, write } from '../../fixtures/python-tree.js'
import { ask, defaultPython, pythons, skipLoudly } from '../../fixtures/pythons.js'
import { runNode } from '../../fixtures/run-node.js'

const uv = uvHere()
const tools = toolsHere()
const pyenv = pyenvHere()

/** Like a user of their own: a home, and none of the variables that choose a Python. */
function environment(home: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const all: NodeJS.ProcessEnv = { ...process.env, HOME: home, ...more }
  const choosing =
    /^(VIRTUAL_ENV|CONDA_|PYENV_VERSION|PYBRIDGE_PYTHON|WORKON_HOME|XDG_|POETRY_|PIPENV_)/
  for (const name of Object.keys(all)) {
    if (choosing.test(name) && !(name in more)) delete all[name]
  }
  return all
}

function run(program: string, args: string[], options: { cwd: string; env: NodeJS.ProcessEnv }) {
  return execFileSync(program, args, {
    ...options,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim()
}

/** Where an executable lies two folders deep: its build, whichever of its names is meant. */
const prefixOf = (executable: string) => dirname(dirname(executable))
const found = (options: LocateOptions) => realpathSync(locate(options).executable)
const base = (python: string) => ask(python, 'import sys; print(sys._base_executable)')

if (tools === undefined) {
  skipLoudly('Poetry, pipenv and virtualenv', 'uv or the network to install them is missing')
}

describe.skipIf(tools === undefined)('the environment of', () => {
  const bin = tools as string

  test.each([
    [
      'a name to normalise, in a folder with spaces',
      'My (own) app!',
      '[tool.poetry]\nname = "My_Own.App"\nversion = "1"\ndescription = ""\nauthors = []\n',
    ],
    [
      'no name',
      'app',
      '[tool.poetry]\npackage-mode = false\n[tool.poetry.dependencies]\npython = "^3.8"\n',
    ],
  ])('Poetry: %s', { timeout: 120_000 }, (_, name, content) => {
    const home = temporaryFolder()
    const cwd = folder(join(home, name))
    write(join(cwd, 'pyproject.toml'), content)
    const env = environment(home)
    run(join(bin, 'poetry'), ['env', 'use', base(defaultPython)], { cwd, env })
    const told = run(join(bin, 'poetry'), ['env', 'info', '--path'], { cwd, env })
    const located = locate({ cwd, env })
    expect(located).toMatchObject({ venv: told })
    expect(located.steps.at(-1)?.source).toBe('poetry')
  })

  test('pipenv', { timeout: 120_000 }, () => {
    const home = temporaryFolder()
    const cwd = folder(join(home, `My (own) [app]! & ${'more '.repeat(10)}`.trim()))
    write(join(cwd, 'Pipfile'), '[packages]\n')
    const env = environment(home, { PIPENV_VERBOSITY: '-1' })
    const python = ['--python', base(defaultPython)]
    run(join(bin, 'pipenv'), [...python, 'install', '--skip-lock'], { cwd, env })
    const told = run(join(bin, 'pipenv'), ['--venv'], { cwd, env })
    const located = locate({ cwd, env })
    expect(located).toMatchObject({ venv: told })
    expect(located.steps.at(-1)?.source).toBe('pipenv')
  })

  const kinds: [string, string, string[]][] = [
    ['virtualenv', 'virtualenv', []],
    ['virtualenv --copies', 'virtualenv', ['--copies']],
  ]
  test.each(kinds)('%s starts', { timeout: 120_000 }, async (_, program, args) => {
    const home = temporaryFolder()
    const venv = join(home, 'env')
    const env = environment(home, { VIRTUALENV_NO_PERIODIC_UPDATE: '1' })
    const options = { cwd: home, env }
    run(join(bin, program), ['-q', '-p', base(defaultPython), ...args, venv], options)
    await expectStart(venv)
  })
})

/** Python starts there, and knows where it is. */
async function expectStart(venv: string): Promise<void> {
  const script = `
    python.start({ venv: ${JSON.stringify(venv)} })
    const { prefix, base_prefix } = python.import('sys')
    console.log(JSON.stringify([prefix + '', base_prefix + '']))`
  const ending = await runNode(script, { env: { VIRTUAL_ENV: null, PYBRIDGE_PYTHON: null } })
  expect(ending, ending.stderr).toMatchObject({ code: 0 })
  const [prefix, basePrefix] = JSON.parse(ending.stdout)
  expect(prefix).toBe(venv)
  expect(basePrefix).toBe(locate({ venv }).prefix)
}

if (uv === undefined) skipLoudly('uv', 'it is neither on PATH nor in .venv')

describe.skipIf(uv === undefined)('uv', () => {
  const program = uv as string

  test('an environment of its making starts', { timeout: 120_000 }, async () => {
    const home = temporaryFolder()
    const venv = join(home, 'env')
    const args = ['venv', '-q', '--no-project', '--python', base(defaultPython), venv]
    run(program, args, { cwd: home, env: environment(home) })
    await expectStart(venv)
  })

  /** A folder of uv's with the Pythons of this machine, as links. */
  function managed() {
    const home = temporaryFolder()
    const root = folder(join(home, 'python'))
    for (const python of pythons) {
      const source =
        'import sys; print(sys.base_prefix, "%d.%d.%d" % sys.version_info[:3], sys.abiflags)'
      const [prefix = '', version = '', flags = ''] = ask(python, source).split(' ')
      if (flags.includes('d')) continue // uv knows no such builds
      const release = flags === 't' ? `${version}+freethreaded` : version
      const own = folder(join(root, `cpython-${release}-linux-x86_64-gnu`))
      for (const part of readdirSync(prefix)) {
        try {
          link(join(own, part), join(prefix, part))
        } catch {} // two Pythons of one version: the first stays
      }
    }
    const env = environment(home, {
      UV_PYTHON_INSTALL_DIR: root,
      UV_PYTHON_DOWNLOADS: 'never',
      PATH: '/nonexistent',
    })
    return { home, env, releases: readdirSync(root).map((name) => name.split('-')[1] ?? '') }
  }

  test.runIf(process.platform === 'linux' && process.arch === 'x64')(
    'chooses the same among its Pythons, for .python-version and requires-python',
    { timeout: 120_000 },
    () => {
      const { home, env, releases } = managed()
      const minors = releases.map((release) => release.split('.').slice(0, 2).join('.'))
      const requests = [...releases, ...minors, '3', ...minors.map((minor) => `cpython-${minor}`)]
      for (const [index, request] of [...new Set(requests)].entries()) {
        const cwd = folder(join(home, `pin-${index}`))
        write(join(cwd, '.python-version'), `${request}\n`)
        const told = run(program, ['python', 'find', '--managed-python'], { cwd, env })
        expect(prefixOf(found({ cwd, env })), request).toBe(prefixOf(realpathSync(told)))
      }
      const ranges = [
        '>=3.8',
        ...minors.flatMap((minor) => [`~=${minor}.0`, `<=${minor}.99,>=3.8`]),
      ]
      for (const [index, range] of [...new Set(ranges)].entries()) {
        const cwd = folder(join(home, `range-${index}`))
        const content = `[project]\nname = "a"\nversion = "1"\nrequires-python = "${range}"\n`
        write(join(cwd, 'pyproject.toml'), content)
        const told = run(program, ['python', 'find', '--managed-python'], { cwd, env })
        expect(prefixOf(found({ cwd, env })), range).toBe(prefixOf(realpathSync(told)))
      }
    },
  )
})

if (pyenv === undefined) skipLoudly('pyenv', 'it is not on PATH')

describe.skipIf(pyenv === undefined)('pyenv', () => {
  test('chooses the same for .python-version', { timeout: 120_000 }, () => {
    const root = pyenv as string
    const versions = readdirSync(join(root, 'versions')).filter((name) =>
      /^3\.\d+\.\d+$/.test(name),
    )
    const PATH = [join(root, 'shims'), process.env.PATH].join(delimiter)
    const minors = versions.map((version) => version.split('.').slice(0, 2).join('.'))
    for (const request of [
      ...versions,
      ...minors,
      '3',
      `python-${versions[0]}`,
      versions.join('\n'),
    ]) {
      const cwd = temporaryFolder()
      write(join(cwd, '.python-version'), `${request}\n`)
      const env = environment(cwd, { PATH, PYENV_ROOT: root })
      const told = run('pyenv', ['which', 'python3'], { cwd, env })
      try {
        expect(prefixOf(found({ cwd, env })), request).toBe(prefixOf(realpathSync(told)))
      } catch (error) {
        // Too old, or built without a library: then what is refused first is the same one.
        expect(String(error), request).toContain(dirname(dirname(told)))
      }
    }
  })
})
