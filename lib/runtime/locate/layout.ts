import { join, resolve } from 'node:path'
import { targets } from './architecture.js'
import type { Host } from './host.js'
import { full, short, type Version } from './version.js'

/** Where a Python of one operating system keeps its parts. Paths start at its prefix. */
export interface Layout {
  /** What to look for on PATH, the best first. */
  commands: readonly string[]
  /** The folder of executables, in a prefix. */
  bin: string
  inVenv: readonly string[]
  inPrefix: readonly string[]
  /** Where a prefix may hold executables whose names carry a version. */
  versioned: { folder: string; name: RegExp } | null
  /** What lies beside an executable and tells its version, if it holds `proof` (or is it: '.'). */
  telling: { folders: readonly string[]; name: RegExp; proof: string }
  /** Whether executables and libraries are ELF files. */
  elf: boolean
  standardLibraries(version: Version): string[]
  /** Where the headers of the C API lie. */
  headers(version: Version): string[]
  libraryNames(version: Version): string[]
  libraryFolders(host: Host): string[]
  /** Where the system keeps libraries, as absolute paths. */
  systemFolders(host: Host): string[]
}

const linux: Layout = {
  commands: ['python3', 'python'],
  bin: 'bin',
  inVenv: ['bin/python', 'bin/python3'],
  inPrefix: ['bin/python3', 'bin/python'],
  versioned: { folder: 'bin', name: /^python(\d)\.(\d+)([a-z]*)$/ },
  telling: { folders: ['../lib', '../lib64'], name: /^python(\d)\.(\d+)(t?)$/, proof: 'os.py' },
  elf: true,
  standardLibraries(version) {
    const suffix = version.flags.includes('t') ? 't' : ''
    const folder = `python${short(version)}${suffix}`
    return [`lib/${folder}`, `lib64/${folder}`]
  },
  headers: (version) => [`include/python${full(version)}`, `include/python${short(version)}`],
  libraryNames(version) {
    const name = `libpython${full(version)}.so`
    return [`${name}.1.0`, `${name}.1`, name]
  },
  libraryFolders: (host) => ['lib', 'lib64', ...multiarch(host, 'lib')],
  systemFolders: (host) =>
    [
      ...multiarch(host, 'usr/lib'),
      ...multiarch(host, 'lib'),
      'usr/lib64',
      'lib64',
      'usr/lib',
      'lib',
      'usr/local/lib',
      'usr/local/lib64',
    ].map((folder) => join(host.root, folder)),
}

const darwin: Layout = {
  ...linux,
  elf: false,
  libraryNames: (version) => [`libpython${full(version)}.dylib`, 'Python', 'Python3'],
  libraryFolders: () => ['lib', ''],
  systemFolders: (host) => [join(host.root, 'usr/local/lib'), join(host.root, 'opt/homebrew/lib')],
}

const win32: Layout = {
  commands: ['python.exe', 'python3.exe'],
  bin: '',
  inVenv: ['Scripts/python.exe'],
  inPrefix: ['python.exe'],
  versioned: null,
  telling: { folders: ['.'], name: /^python(\d)(\d+)(t?)\.dll$/, proof: '.' },
  elf: false,
  standardLibraries: () => ['Lib'],
  headers: () => ['include'],
  libraryNames: ({ major, minor, flags }) => [
    `python${major}${minor}${flags.replace('d', '')}${flags.includes('d') ? '_d' : ''}.dll`,
  ],
  libraryFolders: () => [''],
  systemFolders: () => [],
}

/** Whether it is the prefix of the system's own Python, whose library the system keeps. */
export function isSystemPrefix(prefix: string, host: Host): boolean {
  return ['.', 'usr'].some((folder) => resolve(host.root, folder) === prefix)
}

export function layoutOf({ platform }: Host): Layout {
  if (platform === 'darwin') return darwin
  return platform === 'win32' ? win32 : linux
}

function multiarch(host: Host, folder: string): string[] {
  const target = targets[host.arch]
  return target === undefined ? [] : [`${folder}/${target.multiarch}`]
}
