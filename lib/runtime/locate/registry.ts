import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Search } from './search.js'
import type { Source } from './source.js'
import { compareVersions, parseVersion, type Version } from './version.js'

/**
 * The Pythons that Windows knows, by PEP 514: those of the user, then those of the machine; the
 * newest first, but before them the one that the launcher `py` prefers. Those of other companies
 * (Conda, uv) come after CPython's own.
 */
export const registry: Source = {
  name: 'registry',
  final: false,
  *candidates(search) {
    for (const { key, executable } of registered(search)) {
      yield { tried: executable, origin: key, executable: () => executable }
    }
  },
  absent: () => ({ tried: 'HKCU and HKLM', detail: 'no Python is registered' }),
}

interface Registered {
  key: string
  executable: string
  version: Version
  isOfPython: boolean
}

function registered(search: Search): Registered[] {
  const preferred = preferredByLauncher(search)
  return ['HKCU', 'HKLM'].flatMap((hive) => {
    const found = read(search.host.registry(`${hive}\\Software\\Python`))
    const rank = ({ key, isOfPython }: Registered) =>
      (key.endsWith(`\\${preferred}`) ? 0 : 1) + (isOfPython ? 0 : 2)
    return found.sort((a, b) => rank(a) - rank(b) || compareVersions(b.version, a.version))
  })
}

// `reg query` prints a key, then its values, each as four spaces, name, type and content:
//     HKEY_CURRENT_USER\Software\Python\PythonCore\3.12\InstallPath
//         ExecutablePath    REG_SZ    C:\Python312\python.exe
// The name of a default value is translated, '(Default)' or '(Standard)': only its brackets are sure.
function read(answer: string): Registered[] {
  const found: Registered[] = []
  for (const block of answer.split(/\r?\n(?=HKEY_)/)) {
    const [first = '', ...lines] = block.trim().split(/\r?\n/)
    const match = /^(.*\\Software\\Python\\([^\\]+)\\([^\\]+))\\InstallPath$/i.exec(first)
    if (match === null || match[2] === 'PyLauncher') continue
    const [, key = '', company, tag = ''] = match
    const values = lines.map((line) => /^\s+(.+?)\s{2,}REG_\w+\s{2,}(.*)$/.exec(line))
    const value = (name: RegExp) => values.find((each) => name.test(each?.[1] ?? ''))?.[2]?.trim()
    const folder = value(/^\(.*\)$/)
    const executable = value(/^ExecutablePath$/i) ?? (folder && join(folder, 'python.exe'))
    const version = parseVersion(tag.replace(/^\D*/, ''))
    if (!executable || version === null) continue
    found.push({ key, executable, version, isOfPython: company === 'PythonCore' })
  }
  return found
}

/** What `py` starts: PY_PYTHON, or the setting in its py.ini. */
function preferredByLauncher({ env, home }: Search): string | undefined {
  if (env.PY_PYTHON) return env.PY_PYTHON
  for (const folder of [
    env.LOCALAPPDATA || join(home, 'AppData/Local'),
    env.WINDIR || env.windir,
  ]) {
    if (!folder) continue
    try {
      const text = readFileSync(join(folder, 'py.ini'), 'utf8')
      const set = /^\s*python\s*=\s*(\S+)/m.exec(text)?.[1]
      if (set !== undefined) return set
    } catch {} // there need not be one
  }
  return undefined
}
