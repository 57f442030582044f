import { cities, row } from '../row.mjs'

const nestedRow = (i, none) => ({
  ...row(i, none),
  tags: [i, `t${i % 100}`],
  address: { street: `no. ${i}`, zip: i },
})

const every = (make) => (count, none) => Array.from({ length: count }, (_, i) => make(i, none))
const text = (letters) => (count) =>
  letters.repeat(Math.ceil(count / letters.length)).slice(0, count)
const padded = (i) => String(i).padStart(7, '0')
const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i)
/** In one piece, as texts are that were read from somewhere. */
const flat = (joined) => Buffer.from(joined).toString('latin1')

/**
 * What crosses, by its name in `SHAPES` of `subject.py`: of `count` elements, up to `most` of them,
 * or `large` with --large; where it `isOne`, elements are its parts. A contender may have a `none` of its own.
 */
export const shapes = {
  floats: { title: 'floats', large: 1e7, make: every((i) => i + 0.5) },
  ints: { title: 'ints', large: 1e7, make: every((i) => i) },
  bigInts: { title: 'ints from 2⁶⁰', make: every((i) => 2n ** 60n + BigInt(i)) },
  booleans: {
    title: 'booleans and None',
    make: every((i, none) => (i % 3 === 2 ? none : i % 3 === 0)),
  },
  shortTexts: { title: 'texts of 8', make: every((i) => `k${padded(i)}`) },
  repeatedTexts: { title: '8 texts, repeated', make: every((i) => cities[i % 8]) },
  longerTexts: {
    title: 'texts of 40',
    make: every((i) => flat(`${padded(i)} tells it from all of the others`)),
  },
  foreignTexts: {
    title: 'texts of 6, Chinese',
    make: every((i) => `数据交换${han(i % 5000)}${han(Math.floor(i / 5000))}`),
  },
  rows: { title: 'dicts of 10 fields', most: 1e5, large: 1e6, make: every(row) },
  nestedRows: {
    title: 'the same, with a list and a dict',
    most: 1e5,
    large: 1e6,
    make: every(nestedRow),
  },
  tuples: { title: 'tuples of 3', make: every((i) => [i, `t${i % 100}`, i + 0.5]) },
  dict: {
    title: 'a dict by texts',
    make: (count) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`key${i}`, i])),
  },
  intKeys: {
    title: 'a dict by ints, a Map',
    make: (count) => new Map(Array.from({ length: count }, (_, i) => [i, i])),
  },
  chain: { title: 'a list in a list in a list …', make: chain },
  asciiText: {
    title: 'characters of one ASCII text',
    isOne: true,
    most: 1e8,
    make: text('abcdefgh'),
  },
  foreignText: {
    title: 'characters of one Chinese text',
    isOne: true,
    most: 1e7,
    make: text('数据交换文字'),
  },
  bytes: {
    title: 'bytes',
    isOne: true,
    most: 1e8,
    make: (count) => Buffer.alloc(count, everyByte),
  },
}

/** From one to the most, tenfold each. */
export function countsOf(shape, isLarge) {
  const { most = 1e6, large = most } = shapes[shape]
  const decades = Math.round(Math.log10(isLarge ? large : most))
  return Array.from({ length: decades + 1 }, (_, i) => 10 ** i)
}

function han(i) {
  return String.fromCharCode(0x4e00 + i)
}

function chain(count) {
  let value = []
  for (let i = 1; i < count; i++) value = [value]
  return value
}
