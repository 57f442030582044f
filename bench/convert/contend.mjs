import { createRequire } from 'node:module'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { compile, time, warmUp } from '../measure.mjs'
import { isAlike } from '../workloads/alike.mjs'
import { measurePeak } from './peak.mjs'
import { shapes } from './shapes.mjs'

/** What is timed: a result that is kept until the next, an argument that Python does nothing with. */
const loops = {
  out: {
    uses: ['give'],
    javascript: 'let value; for (let i = 0; i < n; i++) value = WAIT give(); return value',
  },
  in: {
    uses: ['take', 'values'],
    javascript: 'for (let i = 0; i < n; i++) WAIT take(values); return n',
  },
}

/** Values of so many elements are compared with what was sent; what carries more is the same code. */
const compared = 100

/**
 * The whole life of a contender: one process, which answers one request after the other, until its
 * parent goes.
 *
 * @param open starts Python and runs the subject in it. It resolves to a function of a shape and a
 *   count, which makes that value in Python and returns what carries it: `give`, `take`, and
 *   `arrived`, which Python answers; where the contender has them, its `none`, and a function
 *   `bring`, which makes of the values those that it takes.
 * @param waits whether it answers by promises.
 */
export async function contend(open, { waits = false } = {}) {
  const task = JSON.parse(process.argv[2])
  const requireRival = task.rivals && createRequire(join(task.rivals, 'package.json'))
  const opened = attempt(() => open({ ...task, requireRival }))
  let prepared

  const answers = {
    async prepare({ shape, direction, count, effort }) {
      prepared = undefined // before the next is made, which may be large
      const carrier = await carry(await opened, shape, direction, count)
      if (carrier.unable || carrier.wrong) return carrier
      const loop = compile(loops[direction], carrier, waits)
      prepared = { loop, operations: await warmUp(loop, effort) }
      return {}
    },
    async turn({ milliseconds }) {
      if (prepared === undefined) return { unable: 'it ended before its turn' }
      const { loop, operations } = prepared
      const slices = []
      for (let spent = 0; spent < milliseconds; ) {
        const { elapsed } = await time(loop, operations)
        slices.push((elapsed * 1e6) / operations)
        spent += elapsed
      }
      return { slices }
    },
    async peak({ shape, direction, count }) {
      const start = async (count) => carry(await opened, shape, direction, count)
      return measurePeak(start, direction, count, () => shapes[shape].make(count, null))
    },
  }
  process.on('message', async ({ request, ...about }) => {
    process.send(await attempt(() => answers[request](about)))
  })
  process.on('disconnect', () => process.exit())
}

/** What carries the value, once it was seen that it does. */
async function carry(opened, shape, direction, count) {
  if (opened.unable) return opened
  const carrier = await opened(shape, count)
  const make = (none) => shapes[shape].make(count, none)
  const isCompared = count <= compared
  if (direction === 'out') {
    const wrong = isCompared && difference(await carrier.give(), make(null))
    return wrong ? { wrong } : carrier
  }
  const made = make('none' in carrier ? carrier.none : null)
  const values = carrier.bring?.(shape, made) ?? made
  const hasArrived = !isCompared || (await carrier.arrived(values))
  return hasArrived ? { ...carrier, values } : { wrong: 'Python has another value' }
}

function difference(value, wanted) {
  if (isAlike(comparable(value), comparable(wanted))) return undefined
  return `${show(value)} instead of ${show(wanted)}`
}

/** Bytes are bytes, in whatever kind of array. */
function comparable(value) {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer
    ? [...new Uint8Array(value)]
    : value
}

const show = (value) =>
  inspect(value, { maxArrayLength: 3, maxStringLength: 40, depth: 1, breakLength: Infinity })
    .replaceAll('\n', ' ')
    .slice(0, 60)

async function attempt(act) {
  try {
    return await act()
  } catch (error) {
    return { unable: error.message.split('\n')[0] }
  }
}
