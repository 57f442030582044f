import { join } from 'node:path'
import { list, look } from './entry.js'
import { executableIn } from './folder.js'
import { layoutOf } from './layout.js'
import { managedPythons } from './managed.js'
import type { Search } from './search.js'
import { foldersOnPath } from './search-path.js'
import type { Candidate, Source } from './source.js'

/** Where Pythons usually lie: for a process whose PATH says nothing, as under a desktop or a service. */
export const wellKnown: Source = {
  name: 'well-known',
  final: false,
  *candidates(search) {
    yield* ofSystem(search)
    for (const { executable } of managedPythons(search)) {
      yield { tried: executable, origin: 'the usual places', executable: () => executable }
    }
    yield* ofConda(search)
  },
  absent: () => ({ tried: 'well-known', detail: 'no Python in the usual places of this system' }),
}

/**
 * The prefixes in which systems and their package managers install Python, but for what PATH shows:
 * a folder of PATH is of interest only where it has versioned names alone, such as python3.11.
 */
export function* ofSystem(search: Search): Generator<Candidate> {
  const onPath = new Set(foldersOnPath(search))
  const { bin } = layoutOf(search.host)
  for (const prefix of systemPrefixes(search)) {
    if (onPath.has(join(prefix, bin)) && hasPlainName(prefix, search)) continue
    yield* inPrefix(prefix, search)
  }
}

/** The base environments of Conda, where its installers put them. */
export function* ofConda(search: Search): Generator<Candidate> {
  for (const prefix of condaRoots(search)) yield* inPrefix(prefix, search)
}

function* inPrefix(prefix: string, search: Search): Generator<Candidate> {
  const { versioned, bin } = layoutOf(search.host)
  const holds =
    hasPlainName(prefix, search) ||
    (versioned !== null && list(join(prefix, bin)).some((name) => versioned.name.test(name)))
  if (!holds) return
  const executable = () => executableIn(prefix, search)
  yield { tried: prefix, origin: 'the usual places', executable }
}

function hasPlainName(prefix: string, search: Search): boolean {
  const { inPrefix } = layoutOf(search.host)
  return inPrefix.some((name) => look(join(prefix, name)).kind !== 'absent')
}

function systemPrefixes(search: Search): string[] {
  const { env, home, host } = search
  const system = (path: string) => join(host.root, path)
  switch (host.platform) {
    case 'win32': {
      const local = env.LOCALAPPDATA || join(home, 'AppData/Local')
      const programs = env.ProgramFiles || join(host.root, 'Program Files')
      return [
        ...below(join(local, 'Programs/Python'), /^Python\d+/),
        ...below(programs, /^Python\d+/),
        ...below(host.root, /^Python\d+/),
      ]
    }
    case 'darwin':
      return [
        system('opt/homebrew'),
        system('usr/local'),
        ...below(system('Library/Frameworks/Python.framework/Versions'), /^\d/),
        ...below(system('opt/homebrew/opt'), /^python@/),
        ...below(system('usr/local/opt'), /^python@/),
        system('opt/local'),
        ...below(
          system(
            'Library/Developer/CommandLineTools/Library/Frameworks/Python3.framework/Versions',
          ),
          /^\d/,
        ),
      ]
    default:
      return [
        system('usr'),
        system('usr/local'),
        join(home, '.local'),
        ...below(system('opt/python'), /./),
        ...below(system('opt'), /^python-?\d/i),
        system('home/linuxbrew/.linuxbrew'),
      ]
  }
}

function condaRoots({ env, home, host }: Search): string[] {
  const names = ['miniforge3', 'mambaforge', 'miniconda3', 'anaconda3', 'conda']
  const shared = host.platform === 'win32' ? env.ProgramData || '' : join(host.root, 'opt')
  const brewed = join(host.root, 'opt/homebrew/Caskroom/miniforge/base')
  return [
    ...names.map((name) => join(home, name)),
    ...(shared === '' ? [] : names.map((name) => join(shared, name))),
    ...(host.platform === 'darwin' ? [brewed] : []),
  ]
}

// The newest first, where the names tell the version: '3.9' comes after '3.12', 'Python312' after
// 'Python313'.
function below(folder: string, name: RegExp): string[] {
  const natural = new Intl.Collator('en', { numeric: true })
  return list(folder)
    .filter((each) => name.test(each))
    .sort((a, b) => natural.compare(b, a))
    .map((each) => join(folder, each))
}
