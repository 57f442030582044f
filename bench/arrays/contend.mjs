// One contender's process: opens it, and prints nanoseconds of every round of one workload.
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import * as arrow from 'apache-arrow'
import { workloads } from './workloads.mjs'

const {
  workload: name,
  way,
  python: executable,
  rivals,
  milliseconds,
} = JSON.parse(process.argv[2])
const subject = fileURLToPath(new URL('subject.py', import.meta.url))

async function openPybridge() {
  const { python } = await import('../../dist/index.js')
  python.start({ python: executable, path: [fileURLToPath(new URL('.', import.meta.url))] })
  const module = python.import('subject')
  const functions = Object.fromEntries(names.map((each) => [each, module[each]]))
  return { python, arrow, ...functions }
}

function openNodeCallsPython() {
  const { interpreter } = createRequire(rivals)('node-calls-python')
  const module = interpreter.importSync(subject)
  const call =
    (each) =>
    (...values) =>
      interpreter.callSync(module, each, ...values)
  return { arrow, ...Object.fromEntries(names.map((each) => [each, call(each)])) }
}

const names = [
  ...['get_array', 'get_array_list', 'get_array_json', 'take_array', 'take_array_json'],
  ...['get_table', 'get_frame', 'get_table_ipc', 'get_table_json', 'get_table_lists'],
  ...['take_table', 'take_table_ipc'],
]

try {
  const opened = way === 'node-calls-python' ? openNodeCallsPython() : await openPybridge()
  const { given, ways, proof } = workloads[name]
  const body = ways[way](opened, given?.(opened))
  print({ rounds: rounds(body, proof) })
} catch (error) {
  print({ unable: error.message })
}

/** Each lasts long enough for the clock, but for what takes longer than that. */
function rounds(body, proof) {
  const time = (count) => {
    const begin = performance.now()
    let answer
    for (let i = 0; i < count; i++) answer = body()
    if (answer !== proof) throw new Error(`${answer} instead of ${proof}`)
    return performance.now() - begin
  }
  time(3) // what is made at the first use
  const quickest = (count) => Math.min(time(count), time(count), time(count)) // a collection is none
  let count = 1
  while (count < 10_000 && quickest(count) < 5) count *= 2
  const measured = []
  for (let spent = 0; spent < milliseconds || measured.length < 3; ) {
    const elapsed = time(count)
    spent += elapsed
    measured.push((elapsed * 1e6) / count)
  }
  return measured
}

function print(result) {
  // A rival may have left something running; what is longer than a pipe takes a while.
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit())
}
