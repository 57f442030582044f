import process from 'node:process'
import type { Family } from '../runtime/locate/distribution.js'
import { thisHost } from '../runtime/locate/host.js'
import { commandFor } from '../runtime/locate/install-python.js'
import { quoted } from '../runtime/locate/shell.js'

/** A system that installs packages in its own way. */
export type Installer = Family | 'darwin' | 'win32'

/** What a system needs for one thing, as a command of its own. */
interface Packages {
  /** What compiles the native part. */
  compiler: string
  /** The newest C++ library that the system has. */
  cppLibrary: string | null
}

const packages: Readonly<Record<Installer, Packages>> = {
  debian: {
    compiler: 'apt install g++ make python3',
    cppLibrary: 'apt install --only-upgrade libstdc++6',
  },
  fedora: {
    compiler: 'dnf install gcc-c++ make python3',
    cppLibrary: 'dnf upgrade libstdc++',
  },
  suse: {
    compiler: 'zypper install gcc-c++ make python3',
    cppLibrary: 'zypper update libstdc++6',
  },
  alpine: {
    compiler: 'apk add g++ make python3',
    cppLibrary: 'apk add --upgrade libstdc++',
  },
  arch: {
    compiler: 'pacman -S gcc make python',
    cppLibrary: 'pacman -S gcc-libs',
  },
  darwin: { compiler: 'xcode-select --install', cppLibrary: null },
  win32: {
    compiler: 'winget install Microsoft.VisualStudio.2022.BuildTools',
    cppLibrary: null,
  },
}

/** How this system installs something; empty where that is not known. */
export function install(what: keyof Packages, installer: Installer | null): string[] {
  const command = installer === null ? null : packages[installer][what]
  return command === null ? [] : [asRoot(command)]
}

/** How this system installs a Python that can be embedded; empty where that is not known. */
export function installPython(): string[] {
  const command = commandFor(thisHost.platform, thisHost.root)
  return command === undefined ? [] : [asRoot(command)]
}

/** How a program is started with a variable of the environment. */
export function startWith(name: string, value: string): string {
  return process.platform === 'win32'
    ? `set "${name}=${value}" && node your-program.js`
    : `${name}=${quoted(value)} node your-program.js`
}

/** The commands in an advice: they stand in backticks. */
export function commandsIn(advice: string): string[] {
  return [...advice.matchAll(/`([^`]+)`/g)].map(([, command = '']) => asRoot(command))
}

const needRoot = /^(apt|dnf|zypper|apk|pacman) /

function asRoot(command: string): string {
  const isRoot = process.getuid?.() === 0
  return needRoot.test(command) && !isRoot ? `sudo ${command}` : command
}
