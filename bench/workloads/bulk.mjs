import { row } from '../row.mjs'

const floats = () => Array.from({ length: 1_000_000 }, (_, i) => i + 0.5)
const ints = () => Array.from({ length: 1_000_000 }, (_, i) => i)
const rows = (none) => Array.from({ length: 10_000 }, (_, i) => row(i, none))

const out = (title, name, answer) => ({
  title: `${title} out`,
  uses: [name],
  javascript: `let value; for (let i = 0; i < n; i++) value = WAIT ${name}(); return value`,
  answer,
})
const into = (title, name, given) => ({
  title: `${title} in`,
  uses: [name, 'values'],
  given: (subject) => ({ values: given(subject) }),
  javascript: `let value; for (let i = 0; i < n; i++) value = WAIT ${name}(values); return value`,
  answer: () => true,
})

/**
 * Containers, each copied whole. Written as `calls.mjs` is; `given` is what JavaScript brings, for
 * a contender that may have a `none` of its own.
 */
export const bulk = {
  smallList: out('`[1, 2, 3]`', 'small_list', () => [1, 2, 3]),
  smallDict: out("`{'a': 1, 'b': 'x'}`", 'small_dict', () => ({ a: 1, b: 'x' })),
  smallTuple: out("`(1, 'a', None)`", 'small_tuple', () => [1, 'a', null]),
  takeSmallList: {
    title: '`[a, 1, 2]` in',
    uses: ['take_small_list'],
    javascript: `let value = 0
      for (let i = 0; i < n; i++) value = WAIT take_small_list([value, 1, 2])
      return value`,
    answer: (count) => count,
  },
  takeSmallDict: {
    title: '`{ a, b: "x" }` in',
    uses: ['take_small_dict'],
    javascript: `let value = 0
      for (let i = 0; i < n; i++) value = WAIT take_small_dict({ a: value, b: 'x' })
      return value`,
    answer: (count) => count,
  },
  floats: out('10⁶ floats', 'floats', floats),
  takeFloats: into('10⁶ floats', 'take_floats', floats),
  ints: out('10⁶ ints', 'ints', ints),
  takeInts: into('10⁶ ints', 'take_ints', ints),
  rows: out('10,000 dicts of 10 fields', 'rows', () => rows(null)),
  takeRows: into('10,000 dicts of 10 fields', 'take_rows', (subject) =>
    rows('none' in subject ? subject.none : null),
  ),
}
