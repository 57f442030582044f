// CPython compiled to WebAssembly, of a version of its own.
import { readFileSync } from 'node:fs'
import { eachFunction, subject } from '../subject.mjs'
import { contend } from './contend.mjs'

const taking = ['take_small_list', 'take_small_dict', 'take_floats', 'take_ints', 'take_rows']
const giving = ['small_list', 'small_dict', 'small_tuple', 'floats', 'ints', 'rows']

await contend(async ({ requireRival }) => {
  const pyodide = await requireRival('pyodide').loadPyodide()
  pyodide.runPython(readFileSync(subject, 'utf8'))
  const get = (name) => pyodide.globals.get(name)
  // A container crosses as a proxy, unless it is copied; whoever makes a proxy destroys it.
  const copied = (proxy) => {
    const value = proxy.toJs()
    proxy.destroy()
    return value
  }
  const copying = (callable) => () => copied(callable())
  const given = (callable) => (value) => {
    const proxy = pyodide.toPy(value)
    const answer = callable(proxy)
    proxy.destroy()
    return answer
  }
  const sample = get('sample')
  const arrived = get('arrived')
  const named = get('named')
  return {
    ...eachFunction(get),
    ...Object.fromEntries(taking.map((name) => [name, given(get(name))])),
    ...Object.fromEntries(giving.map((name) => [name, copying(get(name))])),
    named: (values) => named.callKwargs(values),
    thing: get('thing'),
    none: undefined, // null is a value of its own
    sample: (name) => {
      const value = sample(name)
      return value instanceof pyodide.ffi.PyProxy && name !== 'datetime' ? copied(value) : value
    },
    arrived: (name, value) => arrived(name, pyodide.toPy(value)),
  }
})
