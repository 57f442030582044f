import { type ConversionMode, type Returns, Rule, rulesOf } from './rules.js'

/** How values cross where nothing else is said: `python.start({ mode })`. */
export const defaults: { mode: ConversionMode; rules: number; isAuto: boolean } = {
  mode: 'auto',
  rules: Rule.copy,
  isAuto: true,
}

export function setDefaults(args: ConversionMode, returns: Returns): void {
  defaults.mode = args
  defaults.rules = rulesOf(returns)
  defaults.isAuto = args === 'auto' && returns === 'auto'
}
