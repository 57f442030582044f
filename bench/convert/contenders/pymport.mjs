// Its raw interface: `call` gives a reference, `toJS` copies it.
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { contend } from '../contend.mjs'
import { subject } from '../subject.mjs'

await contend(({ requireRival }) => {
  process.env.PYTHONPATH = dirname(fileURLToPath(subject))
  const { PyObject, pymport } = requireRival('pymport')
  const module = pymport('subject')
  const [make, give, take, arrived] = ['make', 'give', 'take', 'arrived'].map((name) =>
    module.get(name),
  )
  const carrier = {
    give: () => give.call().toJS(),
    // A plain object that is the last argument would be taken for keyword arguments.
    take: (values) => take.call(PyObject.fromJS(values)),
    arrived: (values) => arrived.call(PyObject.fromJS(values)).toJS(),
  }
  return (shape, count) => {
    make.call(shape, count)
    return carrier
  }
})
