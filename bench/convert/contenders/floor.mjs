import { readFileSync } from 'node:fs'
import { openBulk } from '../../floor/open-bulk.mjs'
import { subject as calls } from '../../subject.mjs'
import { contend } from '../contend.mjs'
import { floored } from '../floored.mjs'
import { subject } from '../subject.mjs'

const giving = 'floats = ints = texts = rows = give'
const taking = (how) => `take_floats = take_ints = take_texts = take_rows = ${how}`

await contend(({ floor, python }) => {
  const sources = [calls, subject].map((url) => readFileSync(url, 'utf8'))
  const opened = openBulk(floor, python, [...sources, giving, taking('take')].join('\n'))
  return (shape, count) => {
    opened.run(`make("${shape}", ${count})`)
    const take = opened[`take_${floored[shape]}`]
    return { give: opened[floored[shape]], take, arrived: arrived(opened, take) }
  }
})

const arrived = (opened, take) => (values) => {
  opened.run(taking('arrived'))
  const answer = take(values)
  opened.run(taking('take'))
  return answer
}
