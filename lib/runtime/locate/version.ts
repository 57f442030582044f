import { Refusal } from './refusal.js'

export interface Version {
  major: number
  minor: number
  /** The third number, where a name tells it. */
  patch: number | null
  /** ABI flags: 't' free-threaded, 'd' debug, 'm' up to 3.7. */
  flags: string
}

/** Reads '3.11', '3.11.2', '3.13t', '3.13.0t' and '3.12.0rc1'. */
export function parseVersion(text: string): Version | null {
  const match = /^(\d+)\.(\d+)(?:\.(\d+)(?:(?:a|b|rc)\d+)?)?([a-z]*)/.exec(text.trim())
  if (match === null) return null
  const [, major, minor, patch, flags = ''] = match
  const level = patch === undefined ? null : Number(patch)
  return { major: Number(major), minor: Number(minor), patch: level, flags }
}

/** Reads 'python3.13t' and 'platform-python3.6'; 'python3' does not tell. */
export function versionOfExecutable(name: string): Version | null {
  return versionFrom(/python(\d)\.(\d+)([a-z]*)/.exec(name))
}

/** Reads 'libpython3.11.so.1.0'; libpython3.so is the stub of the stable ABI, and does not tell. */
export function versionOfLibrary(name: string): Version | null {
  return versionFrom(/libpython(\d)\.(\d+)([a-z]*)\.(?:so|dylib)/.exec(name))
}

export function short({ major, minor }: Version): string {
  return `${major}.${minor}`
}

/** With its ABI flags, as CPython names files: '3.13t'. */
export function full(version: Version): string {
  return short(version) + version.flags
}

export function compareVersions(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor || (a.patch ?? 0) - (b.patch ?? 0)
}

export function checkSupported(version: Version, executable: string): void {
  const detail = `${executable} is Python ${short(version)}`
  if (version.major < 3) throw new Refusal('PYTHON_2', detail)
  if (version.major === 3 && version.minor < 8) throw new Refusal('PYTHON_TOO_OLD', detail)
}

/** Reads the groups of a match: major, minor and flags. */
export function versionFrom(match: RegExpExecArray | null): Version | null {
  if (match === null) return null
  const [, major, minor, flags = ''] = match
  return { major: Number(major), minor: Number(minor), patch: null, flags }
}
