/** How one argument crosses, where an annotation says so. */
export const Steer = {
  asEver: 0,
  /** Every number in it is a float. */
  floats: 1,
  /** It is not copied. */
  reference: 2,
} as const
