import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { quoted } from '../../runtime/locate/shell.js'
import {
  type Check,
  type Exam,
  ill,
  installerOf,
  lastLine,
  outcomeOf,
  resultOf,
  well,
} from '../exam.js'
import { standardModules } from '../probe.js'

/** How this build reaches into this Python. */
export const internals: Check = (exam) => {
  const found = resultOf(exam, 'start')?.internals
  if (found === undefined || found === null) return null
  if (!found.deepbind && exam.system.platform === 'linux' && exam.system.libc === 'glibc') {
    return ill('internals', {
      outcome: 'warning',
      code: 'LIBRARIES_SHARED',
      said: "Python's OpenSSL, zlib and SQLite may be Node's: its libraries are not kept apart",
      advice:
        process.env.PYBRIDGE_DEEPBIND === 'off'
          ? 'unset PYBRIDGE_DEEPBIND'
          : 'run without the allocator or sanitizer that LD_PRELOAD or Node brings, which must be seen by all',
    })
  }
  const { text, tuple, vectorcall } = found.layouts
  if (text && tuple && vectorcall !== 'tuple') {
    return well(
      'internals',
      'the layouts of this Python were verified; its libraries are kept apart from those of Node',
    )
  }
  const isWanted = process.env.PYBRIDGE_LAYOUTS === 'off'
  return ill('internals', {
    outcome: 'warning',
    code: 'LAYOUTS_OFF',
    said: 'functions of Python are used in place of its memory layouts: slower, and otherwise the same',
    advice: isWanted ? 'unset PYBRIDGE_LAYOUTS' : 'report this Python: its layouts are not known',
  })
}

/** Whether the modules that need libraries of the system are there. */
export const standardLibrary: Check = (exam) => {
  const failures = standardModules.flatMap((name) => {
    const outcome = outcomeOf(exam, name)
    return outcome?.state === 'failed' ? [`${name} (${lastLine(outcome.message)})`] : []
  })
  if (failures.length > 0) {
    return ill('standard-library', {
      outcome: 'warning',
      code: 'MODULE_MISSING',
      said: `these cannot be imported: ${failures.join(', ')}`,
      ...mend(exam),
    })
  }
  if (standardModules.some((name) => resultOf(exam, name) === undefined)) return null
  if (outcomeOf(exam, 'ctypes')?.state !== 'done') return null
  return well('standard-library', `${standardModules.join(', ')} can be imported`)
}

function mend(exam: Exam): { advice: string; commands?: string[] } {
  const prefix = exam.located?.prefix ?? ''
  if (prefix.includes('/.pyenv/') && installerOf(exam) === 'debian') {
    const headers = 'apt install libssl-dev zlib1g-dev libsqlite3-dev libffi-dev'
    const version = prefix.split('/').at(-1)
    const build = `PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install --force ${version}`
    return { advice: `build this Python again, with the headers: \`${headers} && ${build}\`` }
  }
  if (prefix === '/usr' && installerOf(exam) === 'debian') {
    return { advice: `install it: \`apt install libpython${exam.located?.version}-stdlib\`` }
  }
  return { advice: 'install the libraries that the messages name, or choose another Python' }
}

/** Whether Python can start a Python: subprocess, multiprocessing and pip need it. */
export const executable: Check = (exam) => {
  const outcome = outcomeOf(exam, 'executable')
  if (outcome === undefined || outcome.state === 'begun') return null
  if (outcome.state === 'failed') {
    return ill('executable', {
      outcome: 'warning',
      code: 'EXECUTABLE_FAILS',
      said: `sys.executable does not run: ${lastLine(outcome.message)}`,
      advice: 'name the Python that is meant with PYBRIDGE_PYTHON',
    })
  }
  const { version } = outcome.result
  const started = resultOf(exam, 'start')?.version
  if (version === started)
    return well('executable', `sys.executable runs, and is Python ${version} too`)
  return ill('executable', {
    outcome: 'warning',
    code: 'EXECUTABLE_FAILS',
    said: `sys.executable is Python ${version}, and the library is of Python ${started}`,
    advice: 'reinstall this Python: its program and its library are of different releases',
  })
}

/** Whether pip could install anything. */
export const packages: Check = (exam) => {
  const facts = resultOf(exam, 'facts')
  if (facts === null || facts === undefined) return null
  const { packages: folder, isWritable, isManaged } = facts
  if (isWritable && !isManaged) return well('packages', `packages can be installed in ${folder}`)
  const why = isWritable ? 'the distribution keeps it for its own' : 'this user may not write there'
  return ill('packages', {
    outcome: 'warning',
    code: 'PACKAGES_READ_ONLY',
    said: `packages cannot be installed in ${folder}: ${why}`,
    advice: 'make a virtual environment here, which is then chosen by itself',
    commands: [makeVenv(exam)],
  })
}

function makeVenv(exam: Exam): string {
  const { executable = 'python3', prefix = '/usr', version = '3' } = exam.located ?? {}
  const make = `${quoted(executable)} -m venv .venv`
  const lacks = !existsSync(join(prefix, `lib/python${version}/ensurepip/__init__.py`))
  const isDebian = prefix === '/usr' && installerOf(exam) === 'debian'
  return lacks && isDebian ? `apt install python3-venv && ${make}` : make
}

/** Whether NumPy, where it is installed, can be imported. */
export const numpy: Check = (exam) => {
  const outcome = outcomeOf(exam, 'numpy')
  if (outcome === undefined || outcome.state === 'begun') return null
  if (outcome.state === 'done') {
    return outcome.result === null
      ? null
      : well('numpy', `NumPy ${outcome.result.version} can be imported`)
  }
  const lines = outcome.message.split('\n').map((line) => line.trim())
  if (/version `(GLIBCXX|CXXABI)_/.test(outcome.message)) {
    const advice = 'start Node with the newer C++ library, as said above'
    return ill('numpy', {
      code: 'NUMPY_FAILS',
      said: `NumPy cannot be imported: ${lines.find((line) => line.includes('GLIBCXX') || line.includes('CXXABI'))}`,
      advice,
    })
  }
  const original = lines.find((line) => /^Original error was:/.test(line))
  return ill('numpy', {
    code: 'NUMPY_FAILS',
    said: `NumPy is installed and cannot be imported: ${original ?? lines.find(Boolean)}`,
    advice: 'install it again, for this very Python',
    commands: [
      `${quoted(exam.located?.executable ?? 'python3')} -m pip install --force-reinstall numpy`,
    ],
  })
}
