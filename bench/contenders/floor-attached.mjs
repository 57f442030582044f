import { openFloor } from '../floor/open.mjs'
import { contend } from './contend.mjs'

await contend(({ addon, python, source }) => {
  const floor = openFloor(addon, python, source)
  floor.attach()
  return floor.attached
})
