// Which containers are on the tape already, and where they begin. Most values have few.

const few = 8
let objects: object[] = []
const begins: number[] = []
let many: Set<object> | null = null
let ordinals: Map<object, number> | null = null

export function forgetSeen(): void {
  objects = []
  begins.length = 0
  many = null
  ordinals = null
}

/** Where a container begins that was seen before; 0 for a new one, which will begin here. */
export function see(value: object, here: number): number {
  if (many !== null) return seeAmongMany(value, many, here)
  const index = objects.indexOf(value)
  if (index !== -1) return begins[index] as number
  begins[objects.length] = here
  objects.push(value)
  if (objects.length === few) many = new Set(objects)
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
