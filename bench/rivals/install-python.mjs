import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const requirements = fileURLToPath(new URL('./requirements.txt', import.meta.url))

/**
 * Gives a Python the packages that rivals need, in a virtual environment beside its rivals: that
 * environment's executable, and the versions; or why it is `unable`.
 */
export function installPythonRivals({ executable: base, version }) {
  const folder = join(root, '.cache', 'rivals', version, 'python')
  const executable = join(folder, 'bin', 'python3')
  const wanted = readFileSync(requirements, 'utf8')
  const pins = wanted.trim().split('\n')
  const versions = Object.fromEntries(pins.map((pin) => pin.split('==')))
  const stamp = `${folder}.done`
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return { executable, versions }

  const say = (sentence) => process.stderr.write(`bench: ${sentence}\n`)
  say(`installing ${pins.join(', ')} for Python ${version}`)
  mkdirSync(folder, { recursive: true })
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check']
  const unable =
    attempt(base, '-m', 'venv', '--clear', folder) ??
    attempt(executable, ...pip, '--only-binary=:all:', '--requirement', requirements)
  if (unable) {
    say(`${pins.join(', ')} left out: ${unable}`)
    return { unable }
  }
  writeFileSync(stamp, wanted)
  return { executable, versions }
}

/** Why it failed, in a line; undefined where it did not. */
function attempt(program, ...argv) {
  const { error, status, stderr } = spawnSync(program, argv, { encoding: 'utf8' })
  if (error) return error.message
  return status === 0 ? undefined : stderr.trim().split('\n').at(-1)
}
