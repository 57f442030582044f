import { binding } from '../runtime/binding.js'
import { Arrival } from './arrival.js'
import { activeToJs } from './converters.js'
import { beginReading, endReading, numbersRead, readBeside } from './cursor.js'
import { read } from './read.js'
import { readDeep } from './read-framed.js'
import { Flag, Head, mailbox, scratch, shrink } from './tape.js'

/** The value of a native function: what it returned, or the tape where it returned nothing. */
export function receive(returned: unknown, isReached = false): unknown {
  if (returned === undefined) return unroll(isReached)
  if (typeof returned !== 'object' && typeof returned !== 'function') return returned
  return convert(returned, isReached)
}

/** The same, for what is reached through a reference. */
export function receiveReached(returned: unknown): unknown {
  return receive(returned, true)
}

/** The same, for what is asked for as a reference: that is no matter of converters. */
export function receiveReference(returned: unknown): unknown {
  return returned === undefined ? unroll(false, null) : returned
}

function convert(returned: object | null, isReached: boolean): unknown {
  const arrival = newArrival(isReached)
  if (arrival === null) return returned
  const converted = arrival.convert(returned)
  arrival.finish()
  return converted
}

function newArrival(isReached: boolean): Arrival | null {
  const converters = activeToJs()
  return converters === null ? null : new Arrival(converters, isReached)
}

/**
 * The value of the tape that native code has just written; undefined where it has written none.
 *
 * @param crossing what it is a part of; null to leave converters out
 * @throws {@link BridgeError} `CONVERSION` where keys that are different in Python become one
 */
export function unroll(isReached = false, crossing?: Arrival | null): unknown {
  const tape = scratch.words
  const end = tape[Head.words] as number
  if (end === 0) return undefined
  const flags = tape[Head.flags] as number
  if (flags !== 0) return unrollUncommon(end, flags, isReached, crossing)
  beginReading(tape, scratch.numbers, scratch.longs)
  const value = read()
  shrinkAfter(end)
  return value
}

const largeTape = 100_000

function shrinkAfter(end: number): void {
  if (end > largeTape || numbersRead() > largeTape) shrink()
}

/** With texts or lanes beside it, with what occurs twice, or deep. */
function unrollUncommon(
  end: number,
  flags: number,
  isReached: boolean,
  crossing?: Arrival | null,
): unknown {
  let { words: tape, numbers: tapeNumbers, longs: tapeLongs } = scratch
  if ((flags & Flag.mail) !== 0) {
    const [mailed, mailedWide, mailedLanes] = mailbox
    mailbox[0] = ''
    mailbox[1] = ''
    mailbox[2] = undefined
    const isPart = crossing !== undefined
    const arrival = mailedLanes === undefined ? null : isPart ? crossing : newArrival(isReached)
    if (arrival !== null) {
      // Converters are code of the user's, which writes other tapes: this one is read from a copy.
      tape = tape.slice(0, end)
      tapeNumbers = tapeNumbers.slice(0, tape[Head.numbers])
      tapeLongs = new BigInt64Array(tapeNumbers.buffer)
    }
    const converted =
      arrival === null ? mailedLanes : convertLanes(arrival, mailedLanes ?? [], !isPart)
    readBeside(mailed, mailedWide, converted)
  }
  beginReading(tape, tapeNumbers, tapeLongs)
  try {
    return (flags & Flag.deep) === 0 ? read() : readDeep()
  } finally {
    endReading()
    shrinkAfter(end)
  }
}

function convertLanes(arrival: Arrival, of: unknown[], isWhole: boolean): unknown[] {
  binding.keepTape(true)
  try {
    const converted = of.map((value) => arrival.convert(value))
    if (isWhole) arrival.finish()
    return converted
  } finally {
    binding.keepTape(false)
  }
}
