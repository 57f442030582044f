// pythonia, JSPyBridge's package: what is no scalar is a reference until `valueOf`.
import { fileURLToPath } from 'node:url'
import { contend } from '../contend.mjs'
import { subject } from '../subject.mjs'

const open = async ({ requireRival, python: executable }) => {
  process.env.PYTHON_BIN = executable
  const { python } = requireRival('pythonia')
  python.setFastMode(true)
  const module = await python(fileURLToPath(subject))
  const carrier = {
    async give() {
      const value = await module.give()
      return typeof value === 'function' ? await value.valueOf() : value
    },
    take: (values) => module.take(values),
    arrived: (values) => module.arrived(values),
  }
  return async (shape, count) => {
    await module.make(shape, count)
    return carrier
  }
}

await contend(open, { waits: true })
