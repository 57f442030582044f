// Which containers are on the tape already, and where they begin. Most values have few.

const few = 8
/** The first ones; kept from tape to tape, because making arrays takes longer than most tapes. */
const objects: (object | null)[] = new Array(few).fill(null)
const begins: number[] = []
let count = 0
let many: Set<object> | null = null
let ordinals: Map<object, number> | null = null

export function forgetSeen(): void {
  for (let i = 0; i < count && i < few; i++) objects[i] = null
  count = 0
  if (many === null) return
  many = null
  ordinals = null
  begins.length = 0
}

/** Where a container begins that was seen before; 0 for a new one, which will begin here. */
export function see(value: object, here: number): number {
  if (many !== null) return seeAmongMany(value, many, here)
  for (let i = 0; i < count; i++) if (objects[i] === value) return begins[i] as number
  begins[count] = here
  objects[count++] = value
  if (count === few) many = new Set(objects as object[])
  return 0
}

/** One look tells: a Set does not grow where a value is in it already. */
function seeAmongMany(value: object, known: Set<object>, here: number): number {
  const { size } = known
  known.add(value)
  if (known.size !== size) {
    begins[size] = here
    return 0
  }
  ordinals ??= new Map()
  if (ordinals.size !== size) {
    let ordinal = 0
    for (const object of known) ordinals.set(object, ordinal++)
  }
  return begins[ordinals.get(value) as number] as number
}
