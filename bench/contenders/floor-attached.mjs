import { readFileSync } from 'node:fs'
import { openFloor } from '../floor/open.mjs'
import { subject } from '../subject.mjs'
import { contend } from './contend.mjs'

await contend(({ addons, python }) => {
  const floor = openFloor(addons.calls, python, readFileSync(subject, 'utf8'))
  floor.attach()
  return floor.attached
})
