// Arrow's C data interface, as native code describes it: native/memory/arrow_import.h.

/** A type, of a field or of a whole table: that is a struct. */
export type DescribedType = readonly [
  /** As the C data interface writes types: `i`, `tsu:UTC`, `+s`. */
  format: string,
  name: string,
  metadata: Uint8Array | null,
  flags: number,
  children: readonly DescribedType[],
  dictionary: DescribedType | null,
]

export const Flag = { dictionaryOrdered: 1, nullable: 2, mapKeysSorted: 4 } as const

/** Values that came from Python. */
export type DescribedArray = readonly [
  length: number,
  /** −1: not counted. */
  nullCount: number,
  /** Of the first value, in every buffer. */
  offset: number,
  buffers: readonly (ArrayBuffer | null)[],
  children: readonly DescribedArray[],
  dictionary: DescribedArray | null,
]

/** A buffer on its way to Python, and whether other threads write there. */
export type GivenBuffer = readonly [bytes: Uint8Array, isShared: number]

/** Values on their way to Python. */
export type GivenArray = readonly [
  length: number,
  nullCount: number,
  offset: number,
  buffers: readonly (GivenBuffer | null)[],
  children: readonly GivenArray[],
  dictionary: GivenArray | null,
  /** Of the buffers that views point into. */
  lengths: readonly number[],
]
