// Makes the checkout ready: npm packages, the addon, dist, and a virtual environment for Python.
// Does only what is missing or old. `--no-packages` leaves out the Python packages.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildNative, nativeIsStale } from './build-native.mjs'
import { buildTs, tsIsStale } from './build-ts.mjs'
import { isMain, modified, root, run, stamp, stamped, windows } from './command.mjs'

const say = (sentence) => console.log(`setup: ${sentence}`)

export const venvPython = join(root, '.venv', windows ? 'Scripts/python.exe' : 'bin/python')
const lines = (text) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))

/** Brings everything up to date; false, after saying why, when the checkout cannot be used. */
export async function setup({
  requirements = 'test/requirements.txt',
  build = true,
  packages = true,
} = {}) {
  if (modified('node_modules/.package-lock.json') < modified('package-lock.json')) {
    say('installing npm packages')
    const { code } = await run('npm', ['ci', '--ignore-scripts', '--no-progress'], { show: true })
    if (code !== 0) return say('npm ci failed: see above') ?? false
  }
  if (build && nativeIsStale()) {
    say('building the addon')
    const { code } = await buildNative()
    if (code !== 0) {
      say('the addon did not build: see above; it needs a C++20 compiler, make and Python 3')
      return false
    }
  }
  if (build && tsIsStale()) {
    say('compiling lib into dist')
    if ((await buildTs()).code !== 0) return say('lib did not compile: see above') ?? false
  }
  if (packages) await pythonPackages(requirements)
  return true
}

/** True when .venv has every package that the file pins; says plainly why when it has not. */
export async function pythonPackages(requirements) {
  if (!existsSync(join(root, requirements))) return true
  const python = windows ? 'python' : 'python3'
  const wanted = lines(readFileSync(join(root, requirements), 'utf8'))
  const asked = await run(python, ['-c', 'import sys; print(sys.version, sys.base_prefix)'])
  if (asked.code !== 0) {
    say(`no ${python} on PATH: tests and examples that need Python packages are skipped`)
    return false
  }
  const version = asked.output.trim().replaceAll('\n', ' ')

  let [madeBy, ...installed] = existsSync(venvPython) ? lines(stamped('venv') ?? '') : []
  if (madeBy !== version) {
    say(`making .venv with ${version}`)
    const made = await run(python, ['-m', 'venv', '--clear', '.venv'])
    if (made.code !== 0) {
      console.log(made.output)
      say('.venv could not be made: tests and examples that need Python packages are skipped')
      return false
    }
    installed = []
    stamp('venv', `${version}\n`)
  }

  const missing = wanted.filter((line) => !installed.includes(line))
  if (missing.length === 0) return true
  say(`installing ${missing.join(', ')} into .venv`)
  const pip = ['-m', 'pip', 'install', '--quiet', '--retries=1', '--disable-pip-version-check']
  const { code } = await run(venvPython, [...pip, '--only-binary=:all:', ...missing], {
    show: true,
  })
  if (code !== 0) {
    say('pip could not install them (no network, or no wheels for this Python): see above')
    say('going on without; tests and examples that need them say that they are skipped')
    return false
  }
  const named = (line) => line.split('==')[0]
  const kept = installed.filter((line) => !missing.some((other) => named(other) === named(line)))
  stamp('venv', `${[version, ...kept, ...missing].join('\n')}\n`)
  return true
}

if (isMain(import.meta.url)) {
  const packages = !process.argv.includes('--no-packages')
  process.exitCode = (await setup({ packages })) ? 0 : 1
}
