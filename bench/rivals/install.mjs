import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { headers } from '../../scripts/headers.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = join(here, '../..')
const nodeGyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js')
const { dependencies } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'))

// Both link against one Python when they are built, so each Python has an installation of its own.
const built = {
  'node-calls-python': { options: () => [] },
  pymport: {
    // Its own tool would look for a binary on GitHub first, and node-addon-api needs C++17 by now.
    options: (folder) => ['--module_name=pymport', `--module_path=${pymportBinary(folder)}`],
    patch: ['binding.gyp', '-std=c++14', '-std=c++17'],
  },
}
const pymportBinary = (folder) =>
  join(folder, 'lib', 'binding', `${process.platform}-${process.arch}`)

/**
 * Installs the rivals for one Python, where they are not yet: without their install scripts, and
 * with what has to be compiled compiled here. Says aloud what it does and what cannot be had.
 */
export function installRivals(python) {
  const folder = join(root, '.cache', 'rivals', python.version)
  const versions = { ...dependencies }
  const rivals = { folder, versions, unable: {}, env: environment(python) }
  const say = (sentence) => process.stderr.write(`bench: ${sentence}\n`)
  const refuse = (name, why) => {
    rivals.unable[name] = why
    say(`${name} is left out: ${why}`)
  }

  mkdirSync(folder, { recursive: true })
  if (!isDone(folder, 'packages', recipe('package-lock.json'))) {
    say(`installing ${Object.keys(dependencies).join(', ')} for Python ${python.version}`)
    for (const file of ['package.json', 'package-lock.json']) {
      copyFileSync(join(here, file), join(folder, file))
    }
    const options = ['ci', '--ignore-scripts', '--no-audit', '--no-fund']
    const failed = attempt('npm', options, folder, {}, join(folder, 'npm.log'))
    if (failed) {
      for (const name of Object.keys(dependencies)) refuse(name, failed)
      return rivals
    }
    done(folder, 'packages', recipe('package-lock.json'))
  }
  for (const name of Object.keys(built)) {
    const made = `${recipe('package-lock.json')}${recipe('install.mjs')}${process.version}`
    if (isDone(folder, name, made)) continue
    say(`building ${name} for Python ${python.version}`)
    const failed = build(name, folder, python)
    if (failed) refuse(name, failed)
    else done(folder, name, made)
  }
  return rivals
}

function build(name, folder, python) {
  const { options, patch } = built[name]
  const own = join(folder, 'node_modules', name)
  if (patch) {
    const [file, old, replacement] = patch
    const text = readFileSync(join(own, file), 'utf8')
    writeFileSync(join(own, file), text.replaceAll(old, replacement))
  }
  const env = {
    ...environment(python),
    PKG_CONFIG_PATH: join(dirname(python.library), 'pkgconfig'),
    LDFLAGS: `-Wl,-rpath,${dirname(python.library)}`,
  }
  const argv = [nodeGyp, 'rebuild', ...headers(), ...options(own)]
  return attempt(process.execPath, argv, own, env, join(folder, `${name}.log`))
}

/** They find Python by what comes first on PATH, when they are built and when they run. */
function environment({ executable, base }) {
  const path = [dirname(executable), join(base, 'bin'), process.env.PATH].join(delimiter)
  return { PATH: path, PYTHON_BIN: executable }
}

/** Why it failed; undefined where it did not. */
function attempt(program, argv, cwd, env, log) {
  const options = { cwd, env: { ...process.env, ...env }, encoding: 'utf8' }
  const child = spawnSync(program, argv, options)
  writeFileSync(log, `${child.stdout ?? ''}${child.stderr ?? ''}`)
  if (child.error) return child.error.message
  return child.status === 0 ? undefined : `it could not be built or installed: see ${log}`
}

const recipe = (file) => readFileSync(join(here, file), 'utf8')
const stamp = (folder, step) => join(folder, `${step}.done`)
const isDone = (folder, step, made) =>
  existsSync(stamp(folder, step)) && readFileSync(stamp(folder, step), 'utf8') === made
const done = (folder, step, made) => writeFileSync(stamp(folder, step), made)
