// Runs the example: set-up first, only what it needs, then its own exit code.

import { run } from './command.mjs'
import { pythonPackages, setup } from './setup.mjs'

const requirements = 'examples/digits/requirements.txt'

if (!(await setup({ packages: false }))) {
  process.exitCode = 1
} else if (!(await pythonPackages(requirements))) {
  console.log(`start: the example needs the packages in ${requirements}`)
  process.exitCode = 1
} else {
  const example = ['examples/digits/digits.mjs', ...process.argv.slice(2)]
  const { code } = await run(process.execPath, example, { show: true })
  process.exitCode = code
}
