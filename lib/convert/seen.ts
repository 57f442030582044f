// Which containers are on the tape already, and where they begin. Most values have few.

const few = 8
/** In their order; kept from tape to tape, because making arrays takes longer than most tapes. */
const objects: (object | null)[] = new Array(few).fill(null)
const begins: number[] = []
let count = 0
/** All of them, where they are many. */
let many: Set<object> | null = null
/** Where the first of them are among `objects`: as soon as one occurs again. */
let ordinals: Map<object, number> | null = null

export function forgetSeen(): void {
  if (many !== null) {
    many = null
    ordinals = null
    objects.length = few
    begins.length = 0
    count = few
  }
  for (let i = 0; i < count; i++) objects[i] = null
  count = 0
}

/** Where a container begins that was seen before; 0 for a new one, which will begin here. */
export function see(value: object, here: number): number {
  if (many !== null) return seeAmongMany(value, many, here)
  for (let i = 0; i < count; i++) if (objects[i] === value) return begins[i] as number
  note(value, here)
  if (count === few) many = new Set(objects as object[])
  return 0
}

/** One look tells: a Set does not grow where a value is in it already. */
function seeAmongMany(value: object, known: Set<object>, here: number): number {
  const { size } = known
  known.add(value)
  if (known.size === size) return begins[ordinalOf(value)] as number
  note(value, here)
  return 0
}

function note(value: object, here: number): void {
  begins[count] = here
  objects[count++] = value
}

function ordinalOf(value: object): number {
  ordinals ??= new Map()
  for (let i = ordinals.size; i < count; i++) ordinals.set(objects[i] as object, i)
  return ordinals.get(value) as number
}
