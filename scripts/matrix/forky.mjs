// Pythons that need a newer C library than the machine's, in a root of their own: packages of
// Debian's next release, unpacked and not installed, so that nobody must be root and nothing of the
// machine's changes. Their programs and a copy of Node name that root's loader and libraries.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { root, run, stamp, stamped } from '../command.mjs'
import { patchelf } from '../tools.mjs'
import { runtime } from './runtimes.mjs'

const suite = 'forky'
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'
const folder = join(root, '.cache', suite)
const inRoot = (...path) => join(folder, 'root', 'usr', ...path)
const libraries = inRoot('lib/x86_64-linux-gnu')

/** apt with lists, archives and a status of its own: as if nothing were installed. */
function apt(...args) {
  const options = {
    'Dir::State': join(folder, 'state'),
    'Dir::State::status': join(folder, 'state/status'),
    'Dir::Cache': join(folder, 'cache'),
    'Dir::Etc::SourceList': join(folder, 'sources.list'),
    'Dir::Etc::SourceParts': '-',
    'APT::Architecture': 'amd64',
    'Acquire::Languages': 'none',
    // Of a release that is being made: a mirror may be some days behind.
    'Acquire::Check-Valid-Until': 'false',
    'APT::Sandbox::User': 'root',
    'Debug::NoLocking': 'true',
  }
  const given = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  return run('apt-get', [...given, '-y', ...args], { timeout: 5 * 60_000 })
}

class Missing extends Error {}

async function must(step, sentence) {
  const result = await step
  if (result.code !== 0) {
    throw new Missing(`${sentence}: ${result.output.trim().split('\n').at(-1)}`)
  }
  return result
}

/** Where this machine takes its own packages from. */
async function machineMirror() {
  const options = ['indextargets', '--format', '$(REPO_URI)']
  const { output } = await must(run('apt-get', options), 'apt has no mirror of Debian')
  const mirror = output.split('\n').find((uri) => /\/debian\/?$/.test(uri.trim()))
  if (mirror === undefined)
    throw new Missing('apt has no mirror of Debian: PYBRIDGE_DEBIAN_MIRROR names one')
  return mirror.trim()
}

async function download(packages) {
  rmSync(folder, { recursive: true, force: true })
  for (const path of ['state/lists/partial', 'cache/archives/partial', 'root']) {
    mkdirSync(join(folder, path), { recursive: true })
  }
  writeFileSync(join(folder, 'state/status'), '')
  const mirror = process.env.PYBRIDGE_DEBIAN_MIRROR ?? (await machineMirror())
  const source = `deb [signed-by=${keyring}] ${mirror} ${suite} main\n`
  writeFileSync(join(folder, 'sources.list'), source)
  await must(apt('update'), `the lists of Debian ${suite} could not be read`)
  const options = ['install', '--no-install-recommends', '--download-only']
  await must(apt(...options, ...packages), 'its packages could not be had')
}

async function unpack() {
  const archives = join(folder, 'cache/archives')
  const files = readdirSync(archives).filter((name) => name.endsWith('.deb'))
  for (const file of files) {
    const step = run('dpkg-deb', ['-x', join(archives, file), join(folder, 'root')])
    await must(step, `${file} could not be unpacked`)
  }
  // `libc6_2.43-7_amd64.deb`: what was taken, since the release moves.
  writeFileSync(join(folder, 'packages.txt'), `${files.sort().join('\n')}\n`)
  rmSync(join(folder, 'cache'), { recursive: true })
}

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
  for (const program of ['apt-get', 'dpkg-deb']) {
    await must(run(program, ['--version']), `there is no ${program}`)
  }
  if (!existsSync(keyring)) throw new Missing(`there is no ${keyring}`)
  const node = await runtime(`node${process.versions.node.split('.')[0]}`)
  if (node.missing !== undefined) throw new Missing(node.missing)

  const names = versions.flatMap((version) => [`python${version}`, `libpython${version}`])
  await download([...names, 'libstdc++6'])
  await unpack()
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
