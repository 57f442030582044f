// pythonia, JSPyBridge's package: Python in a child process, everything by promises; what is no scalar is a reference until `valueOf`.
import { fileURLToPath } from 'node:url'
import { eachFunction, subject } from '../subject.mjs'
import { contend } from './contend.mjs'

const open = async ({ requireRival, python: executable }) => {
  process.env.PYTHON_BIN = executable
  const { python } = requireRival('pythonia')
  python.setFastMode(true)
  const module = await python(fileURLToPath(subject))
  const thing = await module.thing
  const copied = async (answer) => (typeof answer === 'function' ? await answer.valueOf() : answer)
  return {
    ...eachFunction(
      (name) =>
        async (...values) =>
          copied(await module[name](...values)),
    ),
    ...scalars(module),
    named: (values) => module.named$(values),
    make: () => module.make(),
    // Its errors speak by their stack alone, for which it reads the file of whoever called; it must
    // be one whose path has no `pythonia` in it.
    boom: async () => await module.boom(),
    said: (error) => error.stack,
    thing,
  }
}

/** Without the test for a reference, which they do not need. */
const scalars = (module) =>
  Object.fromEntries(
    ['noop', 'add', 'hello', 'letters', 'callbacks'].map((name) => [
      name,
      (...values) => module[name](...values),
    ]),
  )

await contend(open, { waits: true })
