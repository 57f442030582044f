import { contenders as all } from '../../contenders/index.mjs'
import { floored } from '../floored.mjs'

const isBuilt = all.pybridge.missing

/**
 * The floor first, then what takes part in every turn; the other bridges take part in some.
 * `measures` where a contender has not every shape.
 */
export const contenders = {
  floor: { ...all.floor, measures: (shape) => shape in floored },
  pybridge: all.pybridge,
  json: { title: 'JSON', missing: isBuilt },
  msgpack: {
    title: 'msgpack',
    packageName: 'msgpackr',
    missing: (context) => isBuilt() || context.rivals?.unable.msgpackr || context.msgpack?.unable,
  },
  'node-calls-python': all['node-calls-python'],
  pymport: all.pymport,
  pyodide: all.pyodide,
  jspybridge: all.jspybridge,
}

export const isBridge = (name) => contenders[name].rival === true

/** Whoever JSON and msgpack are measured against besides. */
export const bridges = Object.keys(contenders).filter(isBridge)
