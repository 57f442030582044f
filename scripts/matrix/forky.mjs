// Pythons that need a newer C library than the machine's, in a root of their own: packages of
// Debian's next release. Their programs and a copy of Node name that root's loader and libraries.
import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, stamp, stamped } from '../command.mjs'
import { Missing, must, unpackNext } from '../next-debian.mjs'
import { patchelf } from '../tools.mjs'
import { runtime } from './runtimes.mjs'

const suite = 'forky'
const folder = join(root, '.cache', suite)
const inRoot = (...path) => join(folder, 'root', 'usr', ...path)
const libraries = inRoot('lib/x86_64-linux-gnu')

async function makeProgramsFindIt(programs) {
  const { code, output, program } = await patchelf()
  if (code !== 0) throw new Missing(`patchelf could not be installed: ${output.trim()}`)
  const loader = inRoot('lib64/ld-linux-x86-64.so.2')
  // DT_RPATH, not RUNPATH: it holds for what a library loads as well.
  const options = ['--set-interpreter', loader, '--force-rpath', '--set-rpath', libraries]
  for (const path of programs) {
    await must(run(program, [...options, path]), `${path} could not be changed`)
  }
}

async function make(versions) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Missing('the root is made for Linux x64 only')
  }
  const node = await runtime(`node${process.versions.node.split('.')[0]}`)
  if (node.missing !== undefined) throw new Missing(node.missing)

  const names = versions.flatMap((version) => [`python${version}`, `libpython${version}`])
  await unpackNext(folder, [...names, 'libstdc++6'])
  copyFileSync(node.start[0], inRoot('bin/node'))
  await makeProgramsFindIt([
    inRoot('bin/node'),
    ...versions.map((version) => inRoot('bin', `python${version}`)),
  ])
}

let making

async function prepare(versions) {
  const wanted = `${folder} ${versions} ${process.version}`
  const names = ['node', ...versions.map((version) => `python${version}`)]
  const programs = Object.fromEntries(names.map((name) => [name, inRoot('bin', name)]))
  const isThere = Object.values(programs).every((path) => existsSync(path))
  if (isThere && stamped(suite) === wanted) return { programs }
  try {
    await make(versions)
    stamp(suite, wanted)
    return { programs }
  } catch (error) {
    if (error instanceof Missing) return { missing: error.message }
    throw error
  }
}

/** The programs of the root, made if need be; or what is missing. */
export function forky(versions) {
  making ??= prepare(versions)
  return making
}

/** What is in it. */
export const forkyPackages = () => readFileSync(join(folder, 'packages.txt'), 'utf8').trim()
