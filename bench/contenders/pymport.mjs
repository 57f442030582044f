// Its raw interface, which is faster than `proxify`: `call` gives a reference, `toJS` copies it.
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { eachFunction, subject } from '../subject.mjs'
import { contend } from './contend.mjs'

await contend(({ requireRival }) => {
  process.env.PYTHONPATH = dirname(fileURLToPath(subject))
  const { PyObject, pymport } = requireRival('pymport')
  const module = pymport('subject')
  const { arrived, callbacks, make, named, take_small_dict, ...plain } = eachFunction((name) =>
    module.get(name),
  )
  const thing = module.get('thing')
  const copying =
    (callable) =>
    (...values) =>
      callable.call(...values).toJS()
  return {
    ...Object.fromEntries(Object.entries(plain).map(([name, f]) => [name, copying(f)])),
    // The last argument, where it is a plain object, is taken for keyword arguments.
    named: copying(named),
    arrived: (name, value) => arrived.call(name, PyObject.fromJS(value)).toJS(),
    take_small_dict: (values) => take_small_dict.call(PyObject.dict(values)).toJS(),
    callbacks: (f, count) => callbacks.call((value) => f(value.toJS()), count).toJS(),
    make: () => make.call(),
    thing: {
      add: (a, b) => thing.get('add').call(a, b).toJS(),
      get number() {
        return thing.get('number').toJS()
      },
    },
  }
})
