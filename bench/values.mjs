import { command, contenders, runLines } from './contenders/index.mjs'
import { values } from './workloads/values.mjs'

/** A value, for each contender: what became of it on its way to JavaScript and back. */
export function measureValues(contended, context, progress) {
  const carrying = contended.filter((name) => name !== 'python' && !name.startsWith('floor'))
  const carried = Object.fromEntries(
    carrying.map((name) => {
      progress(`values: ${name}`)
      return [name, carryAll(name, context)]
    }),
  )
  progress('')
  return Object.fromEntries(
    Object.keys(values).map((value) => [
      value,
      Object.fromEntries(carrying.map((name) => [name, carried[name][value]])),
    ]),
  )
}

/** In one process; whichever value ends it, the rest go on in another. */
function carryAll(name, context) {
  const carried = {}
  const unable = contenders[name].missing(context)
  const left = () => Object.keys(values).filter((value) => !(value in carried))
  while (left().length > 0) {
    const [program, argv, options] = command(name, { values: left() }, context)
    const run = unable
      ? { unable, results: [] }
      : runLines(program, argv, { ...options, timeout: 60_000 })
    const refused = run.results.find((result) => result.unable)?.unable
    for (const { name: value, ...outcome } of run.results)
      if (value in values) carried[value] = outcome
    if (unable ?? refused) {
      for (const value of left()) carried[value] = { unable: unable ?? refused }
    } else if (left().length > 0 && !run.results.some((result) => result.died)) {
      carried[left()[0]] = { died: run.unable ?? 'it ended' }
    }
  }
  return carried
}

const ending = (died) =>
  died.includes('ended by') ? 'crashes' : died.includes('not') ? 'hangs' : 'ends the process'

/** In a few words: `yes` where JavaScript has the value as its own and Python gets it back. */
export function verdict({ unable, died, refused, fits, object, seen, became }) {
  if (unable) return '–'
  if (died) return `**${ending(died)}**`
  if (fits === undefined) return 'refused'
  if (refused) return fits ? 'out: yes; back: refused' : `**${seen}**; back: refused`
  if (fits) return became === '' ? 'yes' : `back: **${became}**`
  if (became === '' && object) return 'a reference'
  return `**${seen}**${became === '' ? '' : `; back: **${became}**`}`
}
