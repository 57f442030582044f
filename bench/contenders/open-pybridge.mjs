import { readFileSync } from 'node:fs'
import { eachFunction, subject } from '../subject.mjs'

/** Starts Python through pybridge, runs the subject in it, and gives what the workloads use. */
export async function openPybridge(executable) {
  const { kw, python } = await import('../../dist/index.js')
  python.start({ python: executable })
  python.exec(readFileSync(subject, 'utf8'))
  const named = python.eval('named')
  return {
    ...eachFunction((name) => python.eval(name)),
    named: (values) => named(kw(values)),
    thing: python.eval('thing'),
  }
}
