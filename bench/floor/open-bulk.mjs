import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
// Room for what `bench:convert` carries at most; memory is what a value needs.
const words = new Int32Array(1e7)
const numbers = new Float64Array(1e7)
const characters = new Uint8Array(2 ** 26)

/** Starts Python through the floor of containers: JavaScript's half of it. */
export function openBulk(addon, executable, source) {
  const native = require(addon)
  native.scratch(words, numbers, characters)
  native.start(executable, source)
  return {
    small_list() {
      native.small_list_attaching()
      return [words[0], words[1], words[2]]
    },
    small_dict() {
      const b = native.small_dict_attaching()
      return { a: words[0], b }
    },
    small_tuple() {
      const text = native.small_tuple_attaching()
      return [words[0], text, null]
    },
    take_small_list(values) {
      for (let i = 0; i < 3; i++) words[i] = values[i]
      return native.take_small_list_attaching()
    },
    take_small_dict({ a, b }) {
      words[0] = a
      characters[0] = b.charCodeAt(0)
      return native.take_small_dict_attaching()
    },
    floats: () => array(numbers, native.floats_attaching()),
    ints: () => array(words, native.ints_attaching()),
    take_floats: (values) => native.take_floats_attaching(fill(numbers, values)),
    take_ints: (values) => native.take_ints_attaching(fill(words, values)),
    texts: () => readTexts(native.texts_attaching()),
    take_texts: (values) => native.take_texts_attaching(writeTexts(values)),
    rows: () => readRows(native.rows_attaching()),
    take_rows: (rows) => native.take_rows_attaching(writeRows(rows)),
    run: native.run,
  }
}

function array(from, count) {
  const values = new Array(count)
  for (let i = 0; i < count; i++) values[i] = from[i]
  return values
}

function fill(to, values) {
  for (let i = 0; i < values.length; i++) to[i] = values[i]
  return values.length
}

function readTexts(text) {
  const seen = []
  let begin = 0
  const texts = new Array(words[0])
  for (let i = 0; i < texts.length; i++) {
    const length = words[i + 1]
    if (length < 0) {
      texts[i] = seen[~length]
      continue
    }
    texts[i] = text.substring(begin, begin + length)
    begin += length
    seen.push(texts[i])
  }
  return texts
}

function writeTexts(texts) {
  let end = 0
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i]
    words[i] = text.length
    for (let k = 0; k < text.length; k++) characters[end++] = text.charCodeAt(k)
  }
  return texts.length
}

function readRows(text) {
  const texts = []
  let word = 0
  let number = 0
  let begin = 0
  const next = () => {
    const length = words[word++]
    if (length < 0) return texts[~length]
    const part = text.substring(begin, begin + length)
    begin += length
    texts.push(part)
    return part
  }
  const rows = new Array(words[word++])
  for (let i = 0; i < rows.length; i++) {
    rows[i] = {
      id: words[word++],
      name: next(),
      score: numbers[number++],
      active: words[word++] === 1,
      parent: null,
      city: next(),
      count: words[word++],
      ratio: numbers[number++],
      tag: next(),
      flag: words[word++] === 1,
    }
  }
  return rows
}

function writeRows(rows) {
  let word = 0
  let number = 0
  let end = 0
  const write = (text) => {
    words[word++] = text.length
    for (let i = 0; i < text.length; i++) characters[end++] = text.charCodeAt(i)
  }
  for (const { id, name, score, active, city, count, ratio, tag, flag } of rows) {
    words[word++] = id
    write(name)
    numbers[number++] = score
    words[word++] = active ? 1 : 0
    write(city)
    words[word++] = count
    numbers[number++] = ratio
    write(tag)
    words[word++] = flag ? 1 : 0
  }
  return rows.length
}
