import { execFileSync, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, describe, expect, test } from 'vitest'
import { environment, root, run } from '../fixtures/run-node.js'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pybridge-package-')))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Packs a folder, and returns the tarball and the files in it. */
function pack(from: string): { tarball: string; files: string[] } {
  const options = ['--json', '--loglevel=error', '--ignore-scripts', `--pack-destination=${folder}`]
  const output = execFileSync('npm', ['pack', ...options], { cwd: from, encoding: 'utf8' })
  const [report] = Object.values(JSON.parse(output.slice(output.search(/[[{]/)))) as [
    { filename: string; files: { path: string }[] },
  ]
  return { tarball: join(folder, report.filename), files: report.files.map(({ path }) => path) }
}

const packed = pack(root)
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

describe('the tarball', () => {
  test.each([
    'package.json',
    'README.md',
    'LICENSE',
    'dist/index.js',
    'dist/index.d.ts',
    'dist/cli.js',
    'python/pybridge/__init__.py',
    'python/pybridge/_boot.py',
    'python/pybridge/py.typed',
    'prebuilds/README.md',
    'binding.gyp',
    'native/addon.cpp',
  ])('has %s', (name) => {
    expect(packed.files).toContain(name)
  })

  test('has every module of the Python package', () => {
    const modules = readdirSync(join(root, 'python/pybridge')).filter((name) =>
      /\.pyi?$/.test(name),
    )
    const inside = packed.files.map((name) => name.replace('python/pybridge/', ''))
    expect(inside).toEqual(expect.arrayContaining(modules))
  })

  test('has every source that binding.gyp compiles', () => {
    const sources = execFileSync('node', ['scripts/sources.mjs'], { cwd: root, encoding: 'utf8' })
    expect(packed.files).toEqual(expect.arrayContaining(sources.trim().split('\n')))
  })

  test('has no test, bench, build, cache or hidden file', () => {
    const unwanted =
      /(^|\/)(test|tests|bench|build|examples|__pycache__|node_modules)\/|\.test\.|\.pyc$|(^|\/)\./
    expect(packed.files.filter((name) => unwanted.test(name))).toEqual([])
  })

  test('runs nothing when it is installed', () => {
    for (const name of ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish']) {
      expect(manifest.scripts[name]).toBeUndefined()
    }
    expect(manifest.gypfile).toBe(false) // with a binding.gyp, npm would compile
  })
})

describe('installed in an empty folder', () => {
  const project = join(folder, 'project')
  const home = join(project, 'node_modules/pybridge')
  const require = createRequire(import.meta.url)
  const addon = require('node-gyp-build').path(root) as string

  /** From the tarball and that of its one dependency, so that no network is needed. */
  function install(): void {
    if (existsSync(project)) return
    mkdirSync(project)
    writeFileSync(join(project, 'package.json'), '{ "name": "empty", "type": "module" }')
    const dependency = pack(join(root, 'node_modules/node-gyp-build')).tarball
    const options = ['--offline', '--no-audit', '--no-fund', '--loglevel=error']
    const installed = spawnSync('npm', ['install', ...options, dependency, packed.tarball], {
      cwd: project,
      encoding: 'utf8',
    })
    expect(installed.status, installed.stderr).toBe(0)
    const prebuilds = join(home, `prebuilds/${process.platform}-${process.arch}`)
    const isGlibc =
      'glibcVersionRuntime' in (process.report.getReport() as { header: object }).header
    const libc = process.platform !== 'linux' ? '' : isGlibc ? '.glibc' : '.musl'
    mkdirSync(prebuilds, { recursive: true })
    copyFileSync(addon, join(prebuilds, `pybridge${libc}.node`))
  }

  const says = async (script: string, name = 'hello.mjs') => {
    install()
    writeFileSync(join(project, name), script)
    const { code, stdout, stderr } = await run(join(project, name), { cwd: project })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return stdout
  }

  test('it compiles nothing, and brings one dependency', () => {
    install()
    expect(existsSync(join(home, 'build'))).toBe(false)
    expect(
      readdirSync(join(project, 'node_modules'))
        .filter((name) => !name.startsWith('.'))
        .sort(),
    ).toEqual(['node-gyp-build', 'pybridge'])
    const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8'))
    expect(lock.packages['node_modules/pybridge'].hasInstallScript).toBeUndefined()
  })

  test('import runs Python', async () => {
    const script = `
      import { python } from 'pybridge'
      console.log(python.import('math').sqrt(9), python.eval('[1, "é"]'))
      console.log(python.eval('__import__("pybridge").__file__').startsWith(process.cwd()))`
    expect(await says(script)).toBe("3 [ 1, 'é' ]\ntrue\n")
  })

  test('require runs Python', async () => {
    const script = `const { python } = require('pybridge'); console.log(python.eval('6 * 7'))`
    expect(await says(script, 'hello.cjs')).toBe('42\n')
  })

  test('npx pybridge doctor runs, and says that all is well', () => {
    install()
    const npx = (...args: string[]) =>
      spawnSync('npx', ['--no', '--offline', 'pybridge', ...args], {
        cwd: project,
        encoding: 'utf8',
        env: { ...environment({}), npm_config_update_notifier: 'false', NO_COLOR: '1' },
      })
    const { status, stdout } = npx('doctor')
    expect(status, stdout).toBe(0)
    expect(stdout).toContain(`pybridge ${manifest.version}, ${home}`)
    expect(stdout).toMatch(/runs in this Node/)
    const { findings, system } = JSON.parse(npx('doctor', '--json').stdout)
    expect(system.pybridge.addon).toContain(join(home, 'prebuilds'))
    expect(findings.length).toBeGreaterThan(5)
    expect(npx('nonsense').status).toBe(2)
    expect(npx('--version').stdout).toBe(`${manifest.version}\n`)
  })

  test('Python code imports pybridge, at the version of the package', async () => {
    const script = `
      import { python } from 'pybridge'
      import { createRequire } from 'node:module'
      const { version } = createRequire(import.meta.url)('pybridge/package.json')
      console.log(python.import('pybridge').__version__ === version)`
    expect(await says(script)).toBe('true\n')
  })

  test('a prebuild is found from another working folder', async () => {
    install()
    const file = join(project, 'elsewhere.mjs')
    writeFileSync(file, `import { python } from 'pybridge'; console.log(python.eval('6 * 7'))`)
    expect(await run(file, { cwd: tmpdir() })).toMatchObject({ code: 0, stdout: '42\n' })
  })

  test('PYBRIDGE_PREBUILD names another build: one that is not there is told', async () => {
    install()
    const file = join(project, 'other.mjs')
    writeFileSync(file, `import { python } from 'pybridge'; python.eval('1')`)
    const env = { PYBRIDGE_PREBUILD: join(folder, 'nothing-there') }
    const { code, stderr } = await run(file, { cwd: project, env })
    expect(code).toBe(1)
    expect(stderr).toContain('ADDON_NOT_FOUND')
  })

  test.each([
    ['its types are found beside those of Node', ['node']],
    ['its types need no others', []],
  ])('%s', (_, types) => {
    install()
    writeFileSync(
      join(project, 'typed.mts'),
      `import { type PyProxy, python } from 'pybridge'\nexport const three: PyProxy = python.eval('3')\n`,
    )
    const compilerOptions = {
      ...{ module: 'nodenext', target: 'es2022', lib: ['es2022'], strict: true, noEmit: true },
      ...{ skipLibCheck: false, types, typeRoots: [join(root, 'node_modules/@types')] },
    }
    const config = join(project, 'tsconfig.json')
    writeFileSync(config, JSON.stringify({ compilerOptions, files: ['typed.mts'] }))
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const checked = spawnSync(process.execPath, [tsc, '-p', config], {
      encoding: 'utf8',
      env: environment({}),
    })
    expect(checked.stdout).toBe('')
    expect(checked.status).toBe(0)
  })
})
