import { BridgeError } from '../errors/bridge-error.js'
import { binding } from '../runtime/binding.js'
import { make } from './ask.js'
import { activeConverters, applyToPython, type Converter } from './converters.js'
import { encode, objectsIn } from './encode.js'
import { type Partwise, partwiseOf } from './partwise.js'
import { handleOf } from './references.js'
import type { ConversionMode } from './rules.js'

/** A converter may make ever new objects for converters: so deep, before that is taken for endless. */
const deepest = 10_000

export function findForJs(value: object): Converter | undefined {
  return activeConverters()?.forJs(value) ?? undefined
}

/** An object whose parts, or whose replacement, holds others that come first. */
interface Step {
  object: object
  parts: Partwise | undefined
  begun: object | null
  content: unknown
  inner: Iterator<object>
}

/**
 * What converters make of these objects, as proxies; added to what was made before. What an object
 * holds is made before it is given to Python, because it may be hashed there; but for circles of
 * objects that can be begun without what they hold.
 */
export function convertToPython(
  objects: ReadonlySet<object>,
  made: Map<object, object>,
  where: string,
  mode: ConversionMode,
): void {
  const steps: Step[] = []
  const open = new Set<object>()
  const begin = (object: object): void => {
    if (made.has(object)) return
    if (open.has(object)) refuse(where, 'has an object that a converter makes of itself')
    if (steps.length === deepest) checkDepth(steps, where)
    const step = beginOne(object, made, where, mode)
    if (step === null) return
    open.add(object)
    steps.push(step)
  }
  for (const object of objects) {
    begin(object)
    for (let step = steps.at(-1); step !== undefined; step = steps.at(-1)) {
      const next = step.inner.next()
      if (!next.done) {
        begin(next.value)
        continue
      }
      made.set(step.object, end(step, made, where, mode))
      open.delete(step.object)
      steps.pop()
    }
  }
}

function beginOne(
  object: object,
  made: Map<object, object>,
  where: string,
  mode: ConversionMode,
): Step | null {
  const converter = findForJs(object) as Converter
  const parts = partwiseOf(converter)
  let begun: object | null = null
  let content: unknown
  if (parts === undefined) {
    content = applyToPython(converter, object)
    if (content === undefined) refuse(where, 'has an object of which a converter made undefined')
    const isReady = content === object || isProxyOfPython(content)
    if (isReady) made.set(object, content as object)
    if (isReady) return null
  } else {
    begun = parts.beginInPython(object)
    if (begun !== null) made.set(object, begun)
    content = parts.partsOf(object)
  }
  return { object, parts, begun, content, inner: objectsIn(content, where, mode, made).values() }
}

function end(step: Step, made: Map<object, object>, where: string, mode: ConversionMode): object {
  const { object, parts, begun, content } = step
  if (parts === undefined) return binding.reference(encode(content, where, mode, true, made))
  const args = [begun, content, ...parts.describeParts(object)]
  return make('ready', 'finish', args, mode, made)
}

/** Objects that are begun without their parts exist already: they may be as deep as they like. */
function checkDepth(steps: readonly Step[], where: string): void {
  if (steps.every(({ parts }) => parts === undefined)) {
    refuse(where, 'has an object of which converters make ever more objects')
  }
}

function isProxyOfPython(value: unknown): boolean {
  const isObject = typeof value === 'function' || (typeof value === 'object' && value !== null)
  return isObject && handleOf(value as object) !== undefined
}

function refuse(where: string, what: string): never {
  throw new BridgeError('CONVERSION', `${where} ${what}`)
}
