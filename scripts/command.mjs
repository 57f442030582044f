// Runs other programs for the scripts in this folder, and asks how old their results are.
import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
export const windows = process.platform === 'win32'

// Programs with a timeout lead process groups of their own, so that nothing they start is left.
const groups = new Set()
const kill = (pid) => {
  try {
    process.kill(windows ? pid : -pid, 'SIGKILL')
  } catch {} // it has ended
}
process.on('exit', () => groups.forEach(kill))
const leave = () => process.exit(130)
const watch = (pid) => {
  if (groups.size === 0) process.on('SIGINT', leave).on('SIGTERM', leave)
  groups.add(pid)
}
const unwatch = (pid) => {
  if (groups.delete(pid) && groups.size === 0) process.off('SIGINT', leave).off('SIGTERM', leave)
}

/**
 * Runs a program in the repository and resolves to its exit code and what it wrote. With a timeout,
 * in milliseconds, it is ended then together with everything it started.
 */
export function run(program, args, { show = false, env = {}, cwd = root, timeout } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...(show ? {} : { NO_COLOR: '1', FORCE_COLOR: '0' }), ...env },
      stdio: show
        ? [timeout === undefined ? 'inherit' : 'ignore', 'inherit', 'inherit']
        : ['ignore', 'pipe', 'pipe'],
      // Windows starts npm.cmd and its like only through a shell.
      shell: windows && !program.endsWith('.exe'),
      detached: timeout !== undefined && !windows,
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text
      })
    }
    let timer
    if (timeout !== undefined && child.pid !== undefined) {
      watch(child.pid)
      timer = setTimeout(() => {
        const sentence = `stopped after ${timeout / 1000} s`
        if (show) console.log(sentence)
        output += `\n${sentence}`
        kill(child.pid)
      }, timeout)
    }
    const settle = (code) => {
      clearTimeout(timer)
      unwatch(child.pid)
      resolve({ code, output })
    }
    child.on('error', (error) => {
      output += `${program}: ${error.message}`
      settle(127)
    })
    child.on('close', (code, signal) => {
      if (signal) output += `\nended by ${signal}`
      settle(code ?? 1)
    })
  })
}

/** The script that a package names as its command, so that Node can run it without a shell. */
export function bin(name, command = name) {
  const folder = join(root, 'node_modules', name)
  const entry = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).bin
  return join(
    folder,
    typeof entry === 'string' ? entry : (entry[command] ?? Object.values(entry)[0]),
  )
}

/** Runs the command of an installed package; `command` where it is not called as the package. */
export const runNode = (name, args, { command, ...options } = {}) =>
  run(process.execPath, [bin(name, command), ...args], options)

export const runTsc = (args, options) => runNode('typescript', args, { command: 'tsc', ...options })

/** Files under the given files and folders, sorted; what is not there is left out. */
export function files(paths, wanted = () => true) {
  return paths
    .flatMap((path) => {
      const full = join(root, path)
      if (!existsSync(full)) return []
      if (!statSync(full).isDirectory()) return [path]
      return readdirSync(full, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length))
    })
    .map((file) => file.replaceAll('\\', '/'))
    .filter(wanted)
    .sort()
}

export function modified(path) {
  const found = statSync(join(root, path), { throwIfNoEntry: false })
  return found === undefined ? 0 : found.mtimeMs
}

// A stamp remembers, in .cache/stamps, what a step was made from, and when.
const stampPath = (name) => `.cache/stamps/${name}`

export function stamped(name) {
  const path = join(root, stampPath(name))
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

/** `since` is when the step began: what changed while it ran makes it stale again. */
export function stamp(name, content, since = Date.now()) {
  const path = join(root, stampPath(name))
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  utimesSync(path, since / 1000, since / 1000)
}

/** True when a step has to be done again: its sources are others, or newer than its last run. */
export function stale(name, sources) {
  if (stamped(name) !== sources.join('\n')) return true
  const made = modified(stampPath(name))
  return sources.some((source) => modified(source) > made)
}

/** Is this file the one that Node was asked to run? */
export const isMain = (url) =>
  process.argv[1] !== undefined && fileURLToPath(url) === process.argv[1]
