import { contenders, measures, rivals, runCell } from './contenders/index.mjs'
import { quantile, quiet, summarise } from './measure.mjs'

/** Each workload: for each contender what it takes, and its ratios to the floor and to pybridge. */
export function timeAll(workloads, contended, context, progress) {
  return Object.fromEntries(
    workloads.map((workload) => {
      const able = contended.filter((name) => measures(name, workload))
      return [workload, timeOne(workload, able, context, progress)]
    }),
  )
}

/**
 * Contenders take turns, so that a busy moment of the machine falls on all of them; rivals take
 * part in the first rounds only.
 */
function timeOne(workload, contended, context, progress) {
  const { rounds, rivalRounds } = context.effort
  const results = Object.fromEntries(contended.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const name of contended) {
      const isDone = contenders[name].rival && round >= rivalRounds
      if (isDone || failure(results[name])) continue
      progress(`${workload}: ${name}, round ${round + 1}`)
      results[name].push(runCell(name, workload, context))
    }
  }
  progress('')
  return Object.fromEntries(contended.map((name) => [name, merge(results[name], results)]))
}

function merge(rounds, { floor, pybridge }) {
  const failed = failure(rounds)
  if (failed) return failed
  const slices = rounds.flatMap((round) => round.slices).sort((a, b) => a - b)
  return {
    ...summarise(rounds.flatMap((round) => round.samples)),
    p99: quantile(slices, 0.99),
    toFloor: ratio(rounds, floor),
    toPybridge: ratio(rounds, pybridge),
  }
}

const failure = (rounds) =>
  rounds.find((round) => round.wrong) ?? rounds.find((round) => round.unable)

/**
 * Of the quiet quarters of the rounds that both took part in. What shares a core with this machine
 * makes some seconds half as fast as others, and code that waits for memory feels less of it than code
 * that computes: medians of two contenders may be of two machines.
 */
function ratio(rounds, base) {
  if (base === undefined || base.length === 0 || failure(base)) return undefined
  const both = Math.min(rounds.length, base.length)
  const slices = (some) => some.slice(0, both).flatMap((round) => round.slices)
  return quiet(slices(rounds)) / quiet(slices(base))
}

/** The rival with the right answer that takes least; undefined where none has it. */
export function bestRival(cells) {
  const right = rivals.filter((name) => cells[name]?.median !== undefined)
  return right.sort((a, b) => cells[a].median - cells[b].median)[0]
}
