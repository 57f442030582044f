// The doctor in made-up environments: each a root with only what the case needs. docs/doctor.md shows
// what it prints there; PYBRIDGE_UPDATE=1 writes it anew.
import { chmodSync, copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { print } from '../../lib/doctor/print.js'
import type { DoctorReport } from '../../lib/index.js'
import { library as compile, hasCompiler } from '../fixtures/compile.js'
import { loadedCppLibrary, newerCppLibrary, wantsNewerLibc } from '../fixtures/cpp-library.js'
import { elfFile } from '../fixtures/elf-file.js'
import { type Inside, MinimalRoot, mayBecomeNobody, noRoot } from '../fixtures/minimal-root.js'
import { python, temporaryFolder, venv } from '../fixtures/python-tree.js'
import { skipLoudly } from '../fixtures/pythons.js'
import { root as checkout } from '../fixtures/run-node.js'

const DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n'
const FEDORA = 'PRETTY_NAME="Fedora Linux 43"\nID=fedora\n'

/** One environment. */
interface Environment {
  /** As docs/doctor.md heads it. */
  name: string
  /** Why it cannot be made here. */
  unless?: string | false
  build(root: MinimalRoot): Inside & { args?: string[] }
  release?: string
  /** All findings that are not ok: [code, outcome, what is said, a command]. */
  finds: [code: string, outcome: 'warning' | 'error', said: string, command?: string][]
}

const glibc = { interpreter: '/lib64/ld-linux-x86-64.so.2', needed: ['libc.so.6'] }
const linked = { ...glibc, needed: ['libpython3.97.so.1.0', 'libc.so.6'] }
const noCompiler = !hasCompiler && 'there is no g++'

const environments: Environment[] = [
  {
    name: 'All is well',
    build: (root) => {
      root.python('usr')
      return {}
    },
    finds: [],
  },
  {
    name: 'No Python',
    build: () => ({}),
    finds: [
      ['PYTHON_NOT_FOUND', 'error', 'no Python was found', 'apt install python3 libpython3-dev'],
    ],
  },
  {
    name: "Debian's Python without its shared library",
    build: (root) => {
      python(root.at('usr'), { version: '3.11', library: 'none', executableFile: glibc })
      return {}
    },
    finds: [
      [
        'LIBRARY_NOT_FOUND',
        'error',
        '/usr/bin/python3.11 needs libpython3.11.so.1.0, which is in none of',
        'apt install libpython3.11',
      ],
    ],
  },
  {
    name: "pyenv's Python, built without a shared library",
    build: (root) => {
      const prefix = 'home/me/.pyenv/versions/3.12.4'
      python(root.at(prefix), { version: '3.12', library: 'archive', executableFile: glibc })
      root.folder('home/me/.pyenv/shims')
      return { env: { PYBRIDGE_PYTHON: `/${prefix}` } }
    },
    finds: [
      [
        'LIBRARY_STATIC',
        'error',
        'is linked statically, and there is only /home/me/.pyenv/versions/3.12.4/lib/libpython3.12.a',
        'PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install --force 3.12.4',
      ],
    ],
  },
  {
    name: 'A Python for another processor',
    release: FEDORA,
    build: (root) => {
      const machine = process.arch === 'arm64' ? 62 : 183
      python(root.at('usr'), { version: '3.13', executableFile: { machine } })
      return {}
    },
    finds: [
      [
        'WRONG_ARCHITECTURE',
        'error',
        `is for ${process.arch === 'arm64' ? 'x64' : 'arm64'}, and this Node is ${process.arch}`,
        'dnf install python3',
      ],
    ],
  },
  {
    name: 'A Python that is too old',
    build: (root) => {
      python(root.at('usr'), { version: '3.6', flags: 'm', executableFile: glibc })
      return {}
    },
    finds: [
      [
        'PYTHON_TOO_OLD',
        'error',
        '/usr/bin/python3 is Python 3.6',
        'apt install python3 libpython3-dev',
      ],
    ],
  },
  {
    name: 'A virtual environment whose Python is gone',
    build: (root) => {
      root.python('usr')
      venv(root.at('app/.venv'), '/opt/python3.12/bin/python3')
      return {}
    },
    finds: [
      [
        'PYTHON_INVALID',
        'error',
        '/app/.venv is a broken virtual environment: its home, /opt/python3.12/bin, does not exist',
        'python3 -m venv --clear /app/.venv',
      ],
    ],
  },
  {
    name: 'A Python of Alpine in a Node of Debian',
    build: (root) => {
      const needed = ['libpython3.12.so.1.0', 'libc.musl-x86_64.so.1']
      const executableFile = { interpreter: '/lib/ld-musl-x86_64.so.1', needed }
      python(root.at('usr'), { version: '3.12', executableFile })
      return {}
    },
    finds: [
      [
        'WRONG_LIBC',
        'error',
        '/usr/bin/python3.12 is linked with musl, and this Node with glibc',
        'apt install python3 libpython3-dev',
      ],
    ],
  },
  {
    name: 'A library that this user may not read',
    unless: !mayBecomeNobody && 'nobody can be played here',
    build: (root) => {
      const { library } = root.python('usr')
      // A copy: the file itself is the real one.
      copyFileSync(root.at(library), root.at('tmp/library'))
      rmSync(root.at(library))
      copyFileSync(root.at('tmp/library'), root.at(library))
      chmodSync(root.at(library), 0o600)
      return { nobody: true }
    },
    finds: [
      [
        'NO_PERMISSION',
        'error',
        'may not be read: the permission is missing',
        'chmod a+r /usr/lib',
      ],
    ],
  },
  {
    name: 'Packages of conda that want a newer C++ library',
    unless: noCompiler || (loadedCppLibrary() === undefined && 'this Node has no C++ library'),
    build: (root) => {
      const { folder } = root.python('opt/conda')
      root.folder('opt/conda/conda-meta')
      newerCppLibrary(root, 'opt/conda', `${folder.slice(1)}/site-packages/fast.so`)
      return { env: { PYBRIDGE_PYTHON: '/opt/conda' } }
    },
    finds: [
      [
        'CPP_LIBRARY_TOO_OLD',
        'error',
        'site-packages/fast.so needs GLIBCXX_3.4.99 of the C++ library, and Node has loaded',
        'LD_PRELOAD=/opt/conda/lib/libstdc++.so.6 node your-program.js',
      ],
    ],
  },
  {
    name: 'Another addon that has loaded another Python',
    unless: noCompiler,
    build: (root) => {
      const { library } = root.python('usr')
      const other = `opt/other${library}`
      root.folder('opt/other/usr/lib')
      copyFileSync(root.at(library), root.at(other))
      compile(root.at('app/other.node'), ['other_python.cpp'])
      root.write('app/program.mjs', `process.dlopen({ exports: {} }, '/app/other.node')`)
      return { env: { OTHER_PYTHON: `/${other}` }, args: ['--import', '/app/program.mjs'] }
    },
    finds: [
      ['LIBRARY_CONFLICT', 'error', 'was chosen; these addons were loaded before: /app/other.node'],
    ],
  },
  {
    name: 'No native part for this platform',
    build: (root) => {
      root.python('usr')
      const prebuilds = 'app/node_modules/pybridge/prebuilds'
      rmSync(root.at(prebuilds), { recursive: true })
      root.write(`${prebuilds}/linux-${process.arch}/pybridge.musl.node`, elfFile())
      return {}
    },
    finds: [
      [
        'ADDON_NOT_FOUND',
        'error',
        `has no native part for linux-${process.arch} with glibc: it holds linux-${process.arch}/pybridge.musl.node`,
        'apt install g++ make python3 && cd /app/node_modules/pybridge && npx node-gyp rebuild',
      ],
    ],
  },
  {
    name: 'A Python that crashes when it starts',
    build: (root) => {
      const { folder } = root.python('usr')
      root.write(`${folder}/sitecustomize.py`, 'import os; os.kill(os.getpid(), 11)\n')
      return {}
    },
    finds: [['CRASHED', 'error', 'the process died of SIGSEGV while Python started']],
  },
  {
    name: 'A Python without its standard library',
    build: (root) => {
      const { folder } = root.python('usr')
      rmSync(root.at(folder, 'encodings'), { recursive: true })
      return {}
    },
    finds: [['START_FAILED', 'error', 'standard library is missing', 'apt install python3']],
  },
  {
    name: 'A module that lacks its library',
    build: (root) => {
      const { folder } = root.python('usr')
      rmSync(root.at(folder, 'sqlite3'), { recursive: true })
      return {}
    },
    finds: [['MODULE_MISSING', 'warning', "sqlite3 (No module named 'sqlite3')"]],
  },
  {
    name: 'A Python of a newer system',
    unless: noCompiler,
    build: (root) => {
      python(root.at('usr'), { version: '3.97', executableFile: linked })
      const library = 'usr/lib/libpython3.97.so.1.0'
      rmSync(root.at(library))
      wantsNewerLibc(root, library)
      return {}
    },
    finds: [
      [
        'LIBRARY_LOAD',
        'error',
        "version `GLIBC_2.99' not found (required by /usr/lib/libpython3.97.so.1.0)",
        'apt install python3 libpython3-dev',
      ],
    ],
  },
  {
    name: 'A Python that does not come to an end of its start',
    build: (root) => {
      const { folder } = root.python('usr')
      root.write(`${folder}/sitecustomize.py`, 'import time; time.sleep(600)\n')
      return { args: ['--timeout', '3'] }
    },
    finds: [['NO_ANSWER', 'error', 'did not answer within 3 s while Python started']],
  },
  {
    name: 'An executable that this user may not run',
    unless: !mayBecomeNobody && 'nobody can be played here',
    build: (root) => {
      root.python('opt/py')
      const folder = root.at('opt/py/bin')
      chmodSync(folder, 0o700)
      return { nobody: true, env: { PYBRIDGE_PYTHON: '/opt/py/bin/python3' } }
    },
    finds: [
      ['NO_PERMISSION', 'error', 'the folder /opt/py/bin is closed', 'chmod a+x /opt/py/bin'],
    ],
  },
  {
    name: 'A virtual environment of another user',
    unless: !mayBecomeNobody && 'nobody can be played here',
    build: (root) => {
      const { executable } = root.python('usr')
      venv(root.at('app/.venv'), executable, { version: '3.11.7' })
      chmodSync(root.at('app/.venv/pyvenv.cfg'), 0o600)
      return { nobody: true }
    },
    finds: [
      [
        'NO_PERMISSION',
        'error',
        '/app/.venv/pyvenv.cfg may not be read',
        'chmod a+r /app/.venv/pyvenv.cfg',
      ],
    ],
  },
  {
    name: 'A folder of packages that this user may not change',
    unless: !mayBecomeNobody && 'nobody can be played here',
    build: (root) => {
      root.python('usr')
      return { nobody: true }
    },
    finds: [['PACKAGES_READ_ONLY', 'warning', 'this user may not write there', '-m venv .venv']],
  },
  {
    name: 'Libraries that are not kept apart',
    build: (root) => {
      root.python('usr')
      return { env: { PYBRIDGE_DEEPBIND: 'off' } }
    },
    finds: [['LIBRARIES_SHARED', 'warning', 'its libraries are not kept apart']],
  },
]

const page = join(checkout, 'docs/doctor.md')
const mayUpdate = process.env.PYBRIDGE_UPDATE === '1'

/** The environment whose report the page shows as JSON too. */
const asJson = 'Packages of conda that want a newer C++ library'

/** What the page shows of an environment; undefined where it shows nothing. */
const shown = (name: string) => fence(`\n## ${name}\n`, 'text')

/** The fence below a heading. */
function fence(heading: string, language: string) {
  const text = readFileSync(page, 'utf8')
  const start = text.indexOf(heading)
  if (start < 0) return undefined
  const mark = `\`\`\`${language}\n`
  const open = text.indexOf(mark, start) + mark.length
  const close = text.indexOf('```', open)
  return {
    text: text.slice(open, close),
    replace: (by: string) => writeFileSync(page, text.slice(0, open) + by + text.slice(close)),
  }
}

/** Versions and times differ from machine to machine; so does where libraries lie. */
function lasting(text: string): string {
  return text
    .replace(/\d+(\.\d+)*/g, 'N')
    .replace(/\/\S*(?=\/libstdc\+\+)/g, '/lib')
    .replace(/x64|arm64/g, 'ARCH')
}

if (noRoot !== null) skipLoudly('the doctor in made-up environments', noRoot)

describe.runIf(noRoot === null).each(environments)('$name', (environment) => {
  const { build, finds, name, release = DEBIAN, unless } = environment
  if (unless) {
    skipLoudly(name, unless)
    return
  }

  test('is told in words and as JSON, with a code and what to do', () => {
    const root = new MinimalRoot(temporaryFolder())
    root.write('etc/os-release', release)
    const { args = [], ...inside } = build(root)

    const { code, stderr, stdout } = root.doctor([...args, '--json'], inside)
    expect(stderr).toBe('')
    const report = JSON.parse(stdout) as DoctorReport
    const outcomes = finds.map(([, outcome]) => outcome)
    const worst = outcomes.includes('error') ? 'error' : (outcomes[0] ?? 'ok')
    const found = report.findings.filter(({ outcome }) => outcome !== 'ok')
    expect(found.map((each) => [each.code, each.outcome])).toEqual(
      finds.map(([code, outcome]) => [code, outcome]),
    )
    expect(report.outcome).toBe(worst)
    expect(code).toBe(worst === 'error' ? 1 : 0)
    for (const [index, [, , said, command]] of finds.entries()) {
      const finding = found[index]
      expect(finding?.said).toContain(said)
      expect(finding?.advice).toBeTruthy()
      if (command !== undefined) expect(finding?.commands.join('\n')).toContain(command)
    }

    const words = print(report, { columns: null, colours: false })
    for (const { said, commands } of found) {
      for (const text of [said, ...commands]) expect(words).toContain(text)
    }
    if (found[0]?.code === 'CPP_LIBRARY_TOO_OLD') {
      expect(found[0].advice).toContain('tried here: Python starts with it')
    }
    if (mayUpdate && name === asJson) fence('\n## As JSON\n', 'json')?.replace(stdout)
    const example = shown(name)
    if (mayUpdate) example?.replace(words)
    else if (example !== undefined) expect(lasting(words)).toBe(lasting(example.text))
  })
})

test('the page shows ten environments at least', () => {
  const shownThere = environments.filter(({ name }) => shown(name) !== undefined)
  expect(shownThere.length).toBeGreaterThanOrEqual(10)
})
