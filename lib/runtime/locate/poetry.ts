import { realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { isFolder, list } from './entry.js'
import { executableIn } from './folder.js'
import { projectOf } from './project.js'
import type { Search } from './search.js'
import type { Source } from './source.js'
import { readToml, type Table, textAt } from './toml.js'
import { cacheHome, configHome } from './user-folders.js'
import { recreate } from './venv.js'
import { compareVersions, parseVersion } from './version.js'

// Poetry keeps environments outside the project, as `<name>-<hash>-py<version>`:
//   1. the name is the project's, normalised as PyPI does, at most 42 characters of it;
//   2. the hash is the SHA-256 of the project's real folder, as base64url, 8 characters of it;
//   3. the version is the one that `poetry env use` noted in envs.toml; else we take the newest.

/** The environment that Poetry made for the nearest pyproject.toml. */
export const poetry: Source = {
  name: 'poetry',
  final: true,
  *candidates(search) {
    for (const folder of environmentsOf(search)) {
      const advice = `run \`poetry env remove --all\` and \`poetry install\`, or ${recreate(folder)}`
      const executable = () => executableIn(folder, search, advice)
      yield { tried: folder, origin: 'poetry', executable }
    }
  },
  absent(search) {
    const file = projectOf(search)?.file
    if (file === undefined) return { tried: 'poetry', detail: 'there is no pyproject.toml' }
    return { tried: file, detail: 'Poetry has made no environment for it outside the project' }
  },
}

function environmentsOf(search: Search): string[] {
  const project = projectOf(search)
  if (project === null || typeof project.content === 'string') return []
  const folder = environmentsFolder(dirname(project.file), search)
  if (!isFolder(folder)) return []
  const name =
    textAt(project.content, 'project', 'name') ??
    textAt(project.content, 'tool', 'poetry', 'name') ??
    'non-package-mode'
  const base = environmentName(name, dirname(project.file), search)
  const noted = textAt(table(join(folder, 'envs.toml')), base, 'minor')
  const names = list(folder)
    .filter((each) => each.startsWith(`${base}-py`))
    .sort((a, b) => compareVersions(versionOf(b, base), versionOf(a, base)))
  const used = `${base}-py${noted}`
  const ordered = names.includes(used) ? [used] : names
  return ordered.map((each) => join(folder, each))
}

function environmentName(name: string, folder: string, search: Search): string {
  const normal = name.replace(/[-_.]+/g, '-').toLowerCase()
  const short = normal.replace(/[ $`!*@"\\\r\n\t]/g, '_').slice(0, 42)
  return `${short}-${hashOf(realFolder(folder, search)).slice(0, 8)}`
}

/** As base64url. */
export function hashOf(text: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto')
  return createHash('sha256').update(text).digest('base64url')
}

// Python's os.path.normcase, of os.path.realpath.
function realFolder(folder: string, { host }: Search): string {
  const real = realpathSync.native(folder)
  return host.platform === 'win32' ? real.replaceAll('/', '\\').toLowerCase() : real
}

function versionOf(name: string, base: string) {
  const version = parseVersion(name.slice(`${base}-py`.length))
  return version ?? { major: 0, minor: 0, patch: null, flags: '' }
}

function environmentsFolder(project: string, search: Search): string {
  const { env } = search
  const own = table(join(project, 'poetry.toml'))
  const users = table(
    join(env.POETRY_CONFIG_DIR || join(configHome(search), 'pypoetry'), 'config.toml'),
  )
  const set = (...keys: string[]) => textAt(own, ...keys) ?? textAt(users, ...keys)
  const systems = join(
    cacheHome(search),
    search.host.platform === 'win32' ? 'pypoetry/Cache' : 'pypoetry',
  )
  const cache = env.POETRY_CACHE_DIR || set('cache-dir') || systems
  const path =
    env.POETRY_VIRTUALENVS_PATH || set('virtualenvs', 'path') || '{cache-dir}/virtualenvs'
  return resolve(project, expand(path.replace('{cache-dir}', cache), search))
}

function expand(path: string, { home }: Search): string {
  return path.replace(/^~(?=[\\/]|$)/, () => home)
}

function table(file: string): Table | null {
  const content = readToml(file)
  return typeof content === 'string' ? null : content
}
