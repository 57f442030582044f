/** How values cross. docs/conversion.md has the table for each mode. */
export type ConversionMode = 'auto' | 'exact' | 'strict' | 'json' | 'ref'

export const modes = ['auto', 'exact', 'strict', 'json', 'ref'] as const

export function isMode(value: unknown): value is ConversionMode {
  return modes.some((mode) => mode === value)
}
