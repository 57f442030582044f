import { readFileSync } from 'node:fs'
import { subject } from '../subject.mjs'

/** Starts Python through pybridge, and runs the subject in it: its functions, by name. */
export async function openPybridge(executable) {
  const { python } = await import('../../../dist/index.js')
  python.start({ python: executable })
  python.exec(readFileSync(subject, 'utf8'))
  return (name) => python.eval(name)
}
