// Objects with the same keys in the same order cross as the number of their shape, and values.
import { binding } from '../runtime/binding.js'
import { putOwn } from './plain.js'

/** More keys than this are data, and no shape. */
export const mostKeys = 64

/** A shape of dicts that come from Python. */
export interface Shape {
  readonly keys: readonly string[]
  /** An object with these keys, each undefined. */
  readonly blank: Readonly<Record<string, unknown>>
  /** Reads the values of one off the tape; null until that pays. */
  make: (() => object) | null
  uses: number
}

/** By number, as native code numbers them. */
export const arriving: Shape[] = []

/** A new shape (a hook of native code); 0 begins anew. */
export function defineShape(id: number, keys: readonly string[]): void {
  if (id === 0) arriving.length = 0
  const blank: Record<string, unknown> = {}
  for (const key of keys) putOwn(blank, key, undefined)
  arriving[id] = { keys, blank, make: null, uses: 0 }
}

/** Compiling a constructor costs as much as reading this many objects without one. */
const usesBeforeCompiling = 100

/**
 * The constructor of a shape: an object literal, whose values are read off the tape in order. Null
 * where code may not be generated (`--disallow-code-generation-from-strings`).
 */
export function makerOf(shape: Shape, read: () => unknown): (() => object) | null {
  if (++shape.uses !== usesBeforeCompiling) return null
  const fields = shape.keys.map((key) => `[${JSON.stringify(key)}]: read()`)
  try {
    const compile = new Function('read', `return () => ({ ${fields.join(', ')} })`)
    shape.make = compile(read) as () => object
  } catch {} // an EvalError
  return shape.make
}

/** One key on the way to a shape of objects that go to Python. */
interface Step {
  readonly next: Map<string, Step>
  lastKey: string
  lastStep: Step | null
  /** 0 until these keys were seen twice. */
  id: number
  seen: number
}

const mostSteps = 20_000
let first = newStep()
let steps = 0

/** The keys of each shape that leaves, by number: native code looks there for one that is new. */
export const departingKeys: (readonly string[])[] = [[]]

function newStep(): Step {
  return { next: new Map(), lastKey: '', lastStep: null, id: 0, seen: 0 }
}

/** Between two tapes: data whose keys are ever new would fill the tree, and it begins anew. */
export function boundShapes(): void {
  if (steps <= mostSteps) return
  first = newStep()
  steps = 0
  departingKeys.length = 1
  binding.forgetShapes()
}

/** The number of the shape of an object that leaves; 0 for one that has none, or not yet. */
export function departing(keys: readonly string[]): number {
  if (keys.length > mostKeys) return 0
  let step = first
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string
    step = step.lastKey === key && step.lastStep !== null ? step.lastStep : follow(step, key)
  }
  if (step.id === 0 && ++step.seen > 1) step.id = departingKeys.push(keys) - 1
  return step.id
}

function follow(step: Step, key: string): Step {
  let next = step.next.get(key)
  if (next === undefined) {
    next = newStep()
    step.next.set(key, next)
    steps++
  }
  step.lastKey = key
  step.lastStep = next
  return next
}
