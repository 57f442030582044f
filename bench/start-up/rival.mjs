// From nothing to a first answer: argv names the rival, its installation and the Python.
import { createRequire } from 'node:module'
import { join } from 'node:path'

const [name, folder, executable] = process.argv.slice(2)
const require = createRequire(join(folder || '/', 'package.json'))

const first = {
  'node-calls-python': () => {
    const { interpreter } = require('node-calls-python')
    return interpreter.evalSync(interpreter.importSync('types'), '1')
  },
  pymport: () => require('pymport').pyval('1').toJS(),
  pyodide: async () => (await require('pyodide').loadPyodide()).runPython('1'),
  jspybridge: async () => await require('pythonia').py`1`,
  'json-lines': async () => {
    const { startChild } = await import('../contenders/json-child.mjs')
    return await startChild(executable).request('eval', ['1'])
  },
}

const begin = performance.now()
const answer = await first[name]()
const answered = performance.now()
process.stdout.write(
  `${JSON.stringify({
    total: answered - begin,
    sinceProcessStart: answered,
    ...(answer !== 1 && { wrong: `${String(answer)} instead of 1` }),
  })}\n`,
)
process.exit()
