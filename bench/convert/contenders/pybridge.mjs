import { contend } from '../contend.mjs'
import { openPybridge } from './open-pybridge.mjs'

await contend(async ({ python }) => {
  const get = await openPybridge(python)
  const [make, give] = ['make', 'give'].map(get)
  // A tuple of Python's is one again on its way back; JavaScript has none of its own.
  const bring = (shape, values) => (shape === 'tuples' ? give() : values)
  const carrier = { give, take: get('take'), arrived: get('arrived'), size: get('size'), bring }
  return (shape, count) => {
    make(shape, count)
    return carrier
  }
})
