import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { quoted } from '../../runtime/locate/shell.js'
import { type Check, type Exam, ill, installerOf, outcomeOf, partsOf, well } from '../exam.js'
import { install } from '../remedy.js'

/** Whether the native part is there, and loads. */
export const addon: Check = (exam) => {
  const loaded = outcomeOf(exam, 'load')
  if (loaded === undefined) return notReached(exam)
  if (loaded.state === 'begun') return null // it crashed, which is told elsewhere
  const { addon: file } = exam.system.pybridge
  if (loaded.state === 'done') return well('addon', `the native part loads: ${file}`)
  const { said } = partsOf(loaded.message)
  if (loaded.code !== 'ADDON_NOT_FOUND') {
    const advice = partsOf(loaded.message).advice || 'install pybridge again'
    return ill('addon', { code: 'ADDON_NOT_FOUND', said, advice })
  }
  return file === null ? missing(exam) : refused(exam, said, file)
}

// A module that was asked for with --import failed, or Node itself did not start.
function notReached({ attempt }: Exam) {
  return ill('addon', {
    code: 'START_FAILED',
    said: `the process ended before pybridge was loaded: ${whyItEnded(attempt.stderr)}`,
    advice: 'mend what is imported first (--import, NODE_OPTIONS)',
  })
}

function whyItEnded(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim())
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.find(Boolean) ?? 'it said nothing'
}

function missing(exam: Exam) {
  const { arch, libc, platform } = exam.system
  const there = shipped(exam.system.pybridge.folder)
  const has = there.length === 0 ? 'it holds none' : `it holds ${there.join(', ')}`
  const here = libc === null ? `${platform}-${arch}` : `${platform}-${arch} with ${libc}`
  return ill('addon', {
    code: 'ADDON_NOT_FOUND',
    said: `the package has no native part for ${here}: ${has}`,
    advice: 'compile it, which needs a C++ compiler, make and Python',
    commands: [compile(exam)],
  })
}

function refused(exam: Exam, said: string, file: string) {
  const glibc = /version `(GLIBC_[\d.]+)' not found/.exec(said)?.[1]?.replace('_', ' ')
  const cpp = /libstdc\+\+\.so\.6/.test(said) && /No such file|loading shared library/.test(said)
  if (cpp) {
    return ill('addon', {
      code: 'ADDON_NOT_FOUND',
      said: `${file} does not load: the C++ library (libstdc++) is missing`,
      advice: 'install it',
      commands: install('cppLibrary', installerOf(exam)),
    })
  }
  const why =
    glibc === undefined ? said : `it needs ${glibc}, and this system has ${exam.system.libcVersion}`
  return ill('addon', {
    code: 'ADDON_NOT_FOUND',
    said: `${file} does not load: ${why}`,
    advice: 'compile it here, which needs a C++ compiler, make and Python',
    commands: [compile(exam)],
  })
}

/** What node-gyp-build would look at. */
function shipped(folder: string): string[] {
  const prebuilds = join(folder, 'prebuilds')
  return list(prebuilds).flatMap((target) =>
    list(join(prebuilds, target))
      .filter((name) => name.endsWith('.node'))
      .map((name) => `${target}/${name}`),
  )
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

function compile(exam: Exam): string {
  const build = `cd ${quoted(exam.system.pybridge.folder)} && npx node-gyp rebuild`
  return [...install('compiler', installerOf(exam)), build].join(' && ')
}
