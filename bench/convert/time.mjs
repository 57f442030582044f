import { quiet } from '../measure.mjs'
import { Contender } from './contender.mjs'
import { contenders, isBridge } from './contenders/index.mjs'
import { countsOf } from './shapes.mjs'

/** Nanoseconds that one crossing may take a rival; it is asked for no value that would take more. */
const longest = 2e9
const bounded = (name) => name !== 'floor' && name !== 'pybridge'

/**
 * One shape, each way, by count: for each contender the nanoseconds of an element. All counts and
 * both ways are of the same processes, in which the code is warm.
 */
export async function timeShape(shape, contended, context, progress) {
  const able = contended.filter((name) => contenders[name].measures?.(shape) ?? true)
  const processes = Object.fromEntries(able.map((name) => [name, new Contender(name, context)]))
  const timed = { out: {}, in: {} }
  for (const direction of Object.keys(timed)) {
    const left = new Set(able)
    for (const count of countsOf(shape, context.isLarge)) {
      progress(`${shape} ${direction}, ${count}`)
      const about = { shape, direction, count }
      const cells = await timeCount(about, [...left], processes, context)
      for (const [name, { unable, wrong, each }] of Object.entries(cells)) {
        const isSlow = bounded(name) && each * count * 10 > longest
        if (unable || wrong || isSlow) left.delete(name)
      }
      timed[direction][count] = cells
    }
  }
  for (const process of Object.values(processes)) process.end()
  return timed
}

/** They take turns, so that a busy moment of the machine falls on all of them. */
async function timeCount(about, names, processes, { effort, ...context }) {
  const cells = {}
  for (const name of names) {
    const unable = contenders[name].missing(context)
    const answer = unable
      ? { unable }
      : await processes[name].ask('prepare', { ...about, effort: effort.warmUp })
    cells[name] = { turns: [], ...answer }
  }
  for (let turn = 0; turn < effort.turns; turn++) {
    for (const [name, cell] of Object.entries(cells)) {
      if (!takesPart(name, cell, turn, effort)) continue
      const { slices, ...failed } = await processes[name].ask('turn', effort)
      Object.assign(cell, failed)
      cell.turns.push(slices)
    }
  }
  return Object.fromEntries(
    Object.entries(cells).map(([name, cell]) => [name, merge(cell, cells, about)]),
  )
}

/** The other bridges for some turns; who has used up its time on few crossings, for no more. */
function takesPart(name, { unable, wrong, turns }, turn, { bridgeTurns, most }) {
  if (unable || wrong) return false
  if (isBridge(name) && turn >= bridgeTurns) return false
  const spent = turns.flat().reduce((sum, slice) => sum + slice, 0)
  return turn < 2 || spent < most * 1e6
}

function merge({ unable, wrong, turns }, { floor, pybridge }, { count }) {
  if (unable) return { unable }
  if (wrong) return { wrong }
  return {
    each: quiet(turns.flat()) / count,
    toFloor: ratio(turns, floor),
    toPybridge: ratio(turns, pybridge),
  }
}

/** Of the turns that both took, as neighbours in time. */
function ratio(turns, base) {
  if (base === undefined || base.unable || base.wrong) return undefined
  const both = Math.min(turns.length, base.turns.length)
  const part = (some) => quiet(some.slice(0, both).flat())
  return part(turns) / part(base.turns)
}
