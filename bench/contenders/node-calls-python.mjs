// Calls by name and copies what comes back; what stays in Python is what `createSync` made.
import { fileURLToPath } from 'node:url'
import { eachFunction, subject } from '../subject.mjs'
import { contend } from './contend.mjs'

await contend(({ requireRival }) => {
  const { interpreter } = requireRival('node-calls-python')
  const module = interpreter.importSync(fileURLToPath(subject))
  const thing = interpreter.createSync(module, 'Thing')
  return {
    ...eachFunction(
      (name) =>
        (...values) =>
          interpreter.callSync(module, name, ...values),
    ),
    named: (values) => interpreter.callSync(module, 'named', { ...values, __kwargs: true }),
    make: () => interpreter.createSync(module, 'plain'),
    thing: {
      add: (a, b) => interpreter.callSync(thing, 'add', a, b),
      get number() {
        return interpreter.evalSync(module, 'thing.number')
      },
    },
  }
})
