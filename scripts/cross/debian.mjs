// Debian's packages: programs for this machine, and another architecture's files in a folder of
// their own. The machine's list of packages and of architectures stays as it is.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, stamp, stamped } from '../command.mjs'

const has = async (program) => (await run('sh', ['-c', `command -v ${program}`])).code === 0

/** Whether the program is there, or could be installed; says what is missing. */
export async function need(program, name) {
  if (await has(program)) return true
  if (process.getuid?.() === 0 && (await has('apt-get'))) {
    console.log(`cross: installing ${name}, for want of ${program}`)
    const env = { DEBIAN_FRONTEND: 'noninteractive' }
    await run('apt-get', ['update', '-qq'], { env })
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], { env })
    if (await has(program)) return true
  }
  console.log(`cross: MISSING: ${program}, of Debian's package ${name}`)
  return false
}

/** The machine's own sources of Debian's packages; others may not know the architecture. */
function debianSources() {
  const folder = '/etc/apt/sources.list.d'
  const names = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []
  return ['/etc/apt/sources.list', ...names]
    .filter((file) => existsSync(file))
    .map((file) => [file, readFileSync(file, 'utf8')])
    .filter(([file, text]) => file.endsWith('.list') || text.includes('debian-archive-keyring'))
    .map(([file, text]) => [
      file,
      file.endsWith('.list')
        ? text.replace(/^(?!deb(?:-src)?\s+(?:\[[^\]]*\]\s+)?\S*debian).*$/gm, '')
        : text,
    ])
    .filter(([, text]) => text.trim() !== '')
}

/**
 * Unpacks packages and what they need into `folder`, unless it has them; resolves to what apt said
 * where that failed. Versions are those that the archive has today: it keeps no others.
 */
export async function unpack(packages, architecture, folder) {
  const name = `debian-${architecture}`
  const path = join(root, folder)
  if (existsSync(join(path, 'usr')) && stamped(name) === packages.join('\n')) return undefined
  const state = `${path}.apt`
  rmSync(path, { recursive: true, force: true })
  for (const part of ['lists/partial', 'archives/partial', 'sources']) {
    mkdirSync(join(state, part), { recursive: true })
  }
  writeFileSync(join(state, 'status'), '') // as if nothing were installed
  for (const [i, [file, text]] of debianSources().entries()) {
    writeFileSync(join(state, 'sources', `${i}.${file.split('.').at(-1)}`), text)
  }
  const settings = {
    'APT::Architecture': architecture,
    'APT::Architectures': architecture,
    'APT::Sandbox::User': 'root',
    'Dir::State': state,
    'Dir::State::lists': join(state, 'lists'),
    'Dir::State::status': join(state, 'status'),
    'Dir::Cache': state,
    'Dir::Cache::archives': join(state, 'archives'),
    'Dir::Etc::sourcelist': '/dev/null',
    'Dir::Etc::sourceparts': join(state, 'sources'),
    'Debug::NoLocking': '1',
  }
  const options = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`])
  const apt = (...args) => run('apt-get', [...options, '-qq', ...args])
  const updated = await apt('update')
  const got = await apt('install', '-d', '-y', '--no-install-recommends', ...packages)
  if (got.code !== 0) return `${updated.output}${got.output}`
  mkdirSync(path, { recursive: true })
  const archives = readdirSync(join(state, 'archives')).filter((file) => file.endsWith('.deb'))
  for (const file of archives) {
    const { code, output } = await run('dpkg-deb', ['-x', join(state, 'archives', file), path])
    if (code !== 0) return output
  }
  rmSync(state, { recursive: true, force: true })
  stamp(name, packages.join('\n'))
  return undefined
}
