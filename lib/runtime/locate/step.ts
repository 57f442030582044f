/** One place where Python was looked for, and what came of it. */
export interface Step {
  source: 'option' | 'PYBRIDGE_PYTHON' | 'VIRTUAL_ENV' | '.venv' | 'PATH'
  /** The path, or what was looked at. */
  tried: string
  outcome: 'chosen' | 'absent' | 'rejected'
  /** One plain sentence. */
  detail: string
}
