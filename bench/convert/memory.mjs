import { summarise } from '../measure.mjs'
import { Contender } from './contender.mjs'
import { contenders } from './contenders/index.mjs'

/** Shapes whose crossing is watched for its memory, with so many elements. */
const watched = { floats: 1e6, ints: 1e6, shortTexts: 1e6, rows: 1e5 }

const carrying = ['pybridge', 'json', 'msgpack']

/** The highest point of memory, and the size of the result: each crossing is a process's only one. */
export async function measurePeaks(contended, context, progress) {
  const names = carrying.filter((name) => contended.includes(name))
  const peaks = []
  for (const [shape, count] of Object.entries(watched)) {
    for (const direction of ['out', 'in']) {
      progress(`memory: ${shape} ${direction}`)
      const about = { shape, direction, count }
      const cells = {}
      for (const name of names) cells[name] = await peak(name, about, context)
      peaks.push({ ...about, cells })
    }
  }
  return peaks
}

async function peak(name, about, context) {
  const unable = contenders[name].missing(context)
  if (unable) return { unable }
  const rounds = []
  for (let i = 0; i < context.effort.peaks; i++) {
    const contender = new Contender(name, context)
    rounds.push(await contender.ask('peak', about))
    contender.end()
  }
  const failed = rounds.find((round) => round.unable ?? round.wrong)
  const median = (part) => summarise(rounds.map((round) => round[part])).median
  return failed ?? { size: median('size'), growth: median('growth') }
}
