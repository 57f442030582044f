// Runs under callgrind: warms each workload up, then counts a fixed number of its operations.
import { createRequire } from 'node:module'
import { isDeepStrictEqual } from 'node:util'
import { openPybridge } from '../contenders/open-pybridge.mjs'
import { compile } from '../measure.mjs'
import { workloads } from '../workloads/index.mjs'

const { counter, executable, names, warmUps, counts, operations } = JSON.parse(process.argv[2])
const { begin, end } = createRequire(import.meta.url)(counter)

const opened = await openPybridge(executable)

// Several counts, because V8 compiles when it pleases: the least has none of that in it.
for (const name of names) {
  const loop = compile(workloads[name], opened)
  for (let i = 0; i < warmUps; i++) loop(operations)
  for (let i = 0; i < counts; i++) {
    begin()
    const answer = loop(operations)
    end(name)
    if (!isDeepStrictEqual(answer, workloads[name].answer(operations))) {
      throw new Error(`${name} answered ${answer}`)
    }
  }
}
