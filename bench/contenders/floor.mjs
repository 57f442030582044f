import { readFileSync } from 'node:fs'
import { openFloor } from '../floor/open.mjs'
import { openBulk } from '../floor/open-bulk.mjs'
import { subject } from '../subject.mjs'
import { bulk } from '../workloads/bulk.mjs'
import { contend } from './contend.mjs'

await contend(({ workload, addons, python }) => {
  const source = readFileSync(subject, 'utf8')
  return workload in bulk
    ? openBulk(addons.bulk, python, source)
    : openFloor(addons.calls, python, source).attaching
})
