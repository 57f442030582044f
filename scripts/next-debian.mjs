// Packages of Debian's next release, unpacked into a folder and not installed, so that nobody must be
// root and nothing of the machine's changes.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './command.mjs'

const suite = 'forky'
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** apt with lists, archives and a status of its own: as if nothing were installed. */
function apt(folder, ...args) {
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

/** What this machine lacks, as a message. */
export class Missing extends Error {}

export async function must(step, sentence) {
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

async function download(folder, packages) {
  rmSync(folder, { recursive: true, force: true })
  for (const path of ['state/lists/partial', 'cache/archives/partial', 'root']) {
    mkdirSync(join(folder, path), { recursive: true })
  }
  writeFileSync(join(folder, 'state/status'), '')
  const mirror = process.env.PYBRIDGE_DEBIAN_MIRROR ?? (await machineMirror())
  const source = `deb [signed-by=${keyring}] ${mirror} ${suite} main\n`
  writeFileSync(join(folder, 'sources.list'), source)
  await must(apt(folder, 'update'), `the lists of Debian ${suite} could not be read`)
  const options = ['install', '--no-install-recommends', '--download-only']
  await must(apt(folder, ...options, ...packages), 'its packages could not be had')
}

async function unpack(folder) {
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

/**
 * Unpacks packages, and what they need, into `folder`/root; `folder`/packages.txt lists them.
 * Throws Missing.
 */
export async function unpackNext(folder, packages) {
  for (const program of ['apt-get', 'dpkg-deb']) {
    await must(run(program, ['--version']), `there is no ${program}`)
  }
  if (!existsSync(keyring)) throw new Missing(`there is no ${keyring}`)
  await download(folder, packages)
  await unpack(folder)
}
