// The Pythons of the matrix: pyenv's, the distribution's, the builds without a GIL and with asserts
// from archives, and those that need a newer C library (forky.mjs).
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { root, run } from '../command.mjs'
import { forky } from './forky.mjs'

export const pythonNames = [
  ...['3.8', '3.9', '3.10', '3.11', '3.12', '3.13'],
  ...['3.13t', '3.13d', '3.14', '3.15'],
]

/** Those that run in a root of their own, with a Node of their own. */
const inForky = ['3.14', '3.15']

const executable = (prefix) =>
  ['python3', 'python', 'python3-dbg']
    .map((name) => join(prefix, 'bin', name))
    .find((path) => existsSync(path))

// `3.13`, `3.13t` without a GIL, `3.13d` with asserts.
const question = `import sys, sysconfig
print('%d.%d' % sys.version_info[:2]
      + ('t' if sysconfig.get_config_var('Py_GIL_DISABLED') else '')
      + ('d' if hasattr(sys, 'gettotalrefcount') else ''))`

async function nameOf(python) {
  const { code, output } = await run(python, ['-c', question])
  return code === 0 ? output.trim() : undefined
}

// The archives lie beside the checkout; unpacked, their prefix is the folder.
async function unpack() {
  const archives = join(root, '../shared/pythons')
  const folder = join(root, '.cache/pythons')
  if (!existsSync(archives)) return []
  mkdirSync(folder, { recursive: true })
  const prefixes = []
  for (const file of readdirSync(archives).filter((name) => name.endsWith('.tar.xz'))) {
    const prefix = join(folder, file.split('-')[0])
    if (!existsSync(prefix)) await run('tar', ['-C', folder, '-xf', join(archives, file)])
    prefixes.push(prefix)
  }
  return prefixes
}

function pyenv() {
  const folder = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions')
  if (!existsSync(folder)) return []
  const number = (version) => Number(version.split('.')[2])
  return readdirSync(folder)
    .filter((version) => /^\d+\.\d+\.\d+$/.test(version))
    .sort((one, other) => number(other) - number(one))
    .map((version) => join(folder, version))
}

async function look() {
  const given = (process.env.PYBRIDGE_TEST_PYTHONS ?? '').split(delimiter).filter(Boolean)
  const found = new Map()
  for (const prefix of [...given, ...pyenv(), ...(await unpack()), '/usr']) {
    const path = executable(prefix)
    const name = path === undefined ? undefined : await nameOf(path)
    if (name !== undefined && !found.has(name)) found.set(name, path)
  }
  return found
}

let looking

/** Where this Python is, with the runtime that it needs if it needs its own; or what is missing. */
export async function python(name) {
  if (inForky.includes(name)) {
    const { missing, programs } = await forky(inForky)
    return missing === undefined
      ? { executable: programs[`python${name}`], node: programs.node }
      : { missing }
  }
  looking ??= look()
  const path = (await looking).get(name)
  return path === undefined
    ? { missing: 'it is neither given (PYBRIDGE_TEST_PYTHONS), nor pyenv’s, nor the system’s' }
    : { executable: path }
}
