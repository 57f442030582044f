// One piece of bytes crosses, by pybridge; both ends have a packer, Python's in C.
import { contend } from '../contend.mjs'
import { openPybridge } from './open-pybridge.mjs'

await contend(async ({ msgpack, requireRival }) => {
  const { Packr } = requireRival('msgpackr')
  const get = await openPybridge(msgpack)
  const [make, give, take, arrived] = [
    'make',
    'give_msgpack',
    'take_msgpack',
    'arrived_msgpack',
  ].map(get)
  return (shape, count) => {
    make(shape, count)
    const mapsAsObjects = shape !== 'intKeys'
    const packr = new Packr({ useRecords: false, variableMapSize: count >= 2 ** 16, mapsAsObjects })
    return {
      give: () => packr.unpack(give()),
      take: (values) => take(packr.pack(values)),
      arrived: (values) => arrived(packr.pack(values)),
      size: get('size'),
    }
  }
})
