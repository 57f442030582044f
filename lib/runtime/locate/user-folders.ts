import { join } from 'node:path'
import type { Search } from './search.js'

/** Where uv, mise and pipenv keep data of this user; also on macOS, the XDG folder. */
export function dataHome({ env, home, host }: Search): string {
  if (env.XDG_DATA_HOME) return env.XDG_DATA_HOME
  if (host.platform === 'win32') return env.APPDATA || join(home, 'AppData/Roaming')
  return join(home, '.local/share')
}

/** Where programs of this system keep what can be made again, as Python's platformdirs has it. */
export function cacheHome({ env, home, host }: Search): string {
  if (host.platform === 'win32') return env.LOCALAPPDATA || join(home, 'AppData/Local')
  if (host.platform === 'darwin') return join(home, 'Library/Caches')
  return env.XDG_CACHE_HOME || join(home, '.cache')
}

/** Where programs of this system keep the user's settings, as Python's platformdirs has it. */
export function configHome({ env, home, host }: Search): string {
  if (host.platform === 'win32') return env.APPDATA || join(home, 'AppData/Roaming')
  if (host.platform === 'darwin') return join(home, 'Library/Application Support')
  return env.XDG_CONFIG_HOME || join(home, '.config')
}
