import { type ConversionMode, Rule } from '../convert/rules.js'
import { Steer } from '../convert/steer.js'
import { type PyHandle, plainly } from '../object/py-proxy.js'
import { binding } from '../runtime/binding.js'

/** What annotations say of a callable: python/pybridge/annotations.py. */
export interface Steering {
  readonly positions: readonly number[]
  readonly names: ReadonlyMap<string, number>
  readonly morePositions: number
  readonly moreNames: number
  readonly result: number
}

type Answer = [number[], Record<string, number>, number, number, number] | null

let ask: ((callable: object) => unknown) | null = null

/** Asked of a callable once, when it is first called. */
function steeringOf(handle: PyHandle): Steering | null {
  ask ??= plainly('pybridge.annotations', 'steering')
  const answer = ask(handle.self) as Answer
  if (answer === null) {
    binding.knowUnsteered(handle.checkedId())
    return null
  }
  const [positions, names, morePositions, moreNames, result] = answer
  return { positions, names: new Map(Object.entries(names)), morePositions, moreNames, result }
}

/** What annotations say, where nobody said how values cross. */
export function steeringFor(handle: PyHandle, mode: ConversionMode): Steering | null {
  handle.checkedId()
  if (handle.steering === undefined) handle.steering = steeringOf(handle)
  return mode === 'auto' ? (handle.steering as Steering | null) : null
}

/** How the result crosses, where an annotation says so. */
export function rulesWith(steering: Steering | null, rules: number): number {
  if (steering === null || rules !== Rule.copy) return rules
  if (steering.result === Steer.reference) return Rule.reference
  return steering.result === Steer.floats ? Rule.copy | Rule.floats : rules
}
