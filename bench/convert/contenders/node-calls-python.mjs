import { fileURLToPath } from 'node:url'
import { contend } from '../contend.mjs'
import { subject } from '../subject.mjs'

await contend(({ requireRival }) => {
  const { interpreter } = requireRival('node-calls-python')
  const module = interpreter.importSync(fileURLToPath(subject))
  const call = (name, ...values) => interpreter.callSync(module, name, ...values)
  const carrier = {
    give: () => call('give'),
    take: (values) => call('take', values),
    arrived: (values) => call('arrived', values),
  }
  return (shape, count) => {
    call('make', shape, count)
    return carrier
  }
})
