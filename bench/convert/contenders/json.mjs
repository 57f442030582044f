// One text crosses, by pybridge; both ends have a parser and a writer in native code.
import { contend } from '../contend.mjs'
import { openPybridge } from './open-pybridge.mjs'

await contend(async ({ python }) => {
  const get = await openPybridge(python)
  const [make, give, take, arrived] = ['make', 'give_json', 'take_json', 'arrived_json'].map(get)
  const carrier = {
    give: () => JSON.parse(give()),
    take: (values) => take(JSON.stringify(values)),
    arrived: (values) => arrived(JSON.stringify(values)),
    size: get('size'),
  }
  return (shape, count) => {
    make(shape, count)
    return carrier
  }
})
