import process from 'node:process'
import type { Family } from '../runtime/locate/distribution.js'
import { quoted } from '../runtime/locate/shell.js'

/** A system that installs packages in its own way. */
export type Installer = Family | 'darwin' | 'win32'

/** What a system needs for one thing, as a command of its own. */
interface Packages {
  /** A Python with its shared library. */
  python: string
  /** What compiles the native part. */
  compiler: string
  /** The newest C++ library that the system has. */
  cppLibrary: string | null
}

const packages: Readonly<Record<Installer, Packages>> = {
  debian: {
    python: 'apt install python3 libpython3-dev',
    compiler: 'apt install g++ make python3',
    cppLibrary: 'apt install --only-upgrade libstdc++6',
  },
  fedora: {
    python: 'dnf install python3 python3-libs',
    compiler: 'dnf install gcc-c++ make python3',
    cppLibrary: 'dnf upgrade libstdc++',
  },
  suse: {
    python: 'zypper install python313 libpython3_13-1_0',
    compiler: 'zypper install gcc-c++ make python3',
    cppLibrary: 'zypper update libstdc++6',
  },
  alpine: {
    python: 'apk add python3',
    compiler: 'apk add g++ make python3',
    cppLibrary: 'apk add --upgrade libstdc++',
  },
  arch: {
    python: 'pacman -S python',
    compiler: 'pacman -S gcc make python',
    cppLibrary: 'pacman -S gcc-libs',
  },
  darwin: { python: 'brew install python', compiler: 'xcode-select --install', cppLibrary: null },
  win32: {
    python: 'winget install Python.Python.3.13',
    compiler: 'winget install Microsoft.VisualStudio.2022.BuildTools',
    cppLibrary: null,
  },
}

/** How this system installs something; empty where that is not known. */
export function install(what: keyof Packages, installer: Installer | null): string[] {
  const command = installer === null ? null : packages[installer][what]
  return command === null ? [] : [asRoot(command)]
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
