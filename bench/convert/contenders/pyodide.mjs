// CPython compiled to WebAssembly, of a version of its own.
import { readFileSync } from 'node:fs'
import { contend } from '../contend.mjs'
import { subject } from '../subject.mjs'

await contend(async ({ requireRival }) => {
  const pyodide = await requireRival('pyodide').loadPyodide()
  pyodide.runPython(readFileSync(subject, 'utf8'))
  const [make, give, take, arrived] = ['make', 'give', 'take', 'arrived'].map((name) =>
    pyodide.globals.get(name),
  )
  const isProxy = (value) => value instanceof pyodide.ffi.PyProxy
  // A container crosses as a proxy, unless it is copied; whoever makes a proxy destroys it.
  const copied = (value) => {
    if (!isProxy(value)) return value
    const copy = value.toJs()
    value.destroy()
    return copy
  }
  const given = (callable) => (values) => {
    const value = pyodide.toPy(values)
    const answer = callable(value)
    if (isProxy(value)) value.destroy()
    return answer
  }
  const carrier = {
    give: () => copied(give()),
    take: given(take),
    arrived: given(arrived),
    none: undefined, // null is a value of its own
  }
  return (shape, count) => {
    make(shape, count)
    return carrier
  }
})
