/** One place where Python was looked for, and what came of it. */
export interface Step {
  /**
   * Where it was looked for: `version` is the option of that name, `well-known` are the usual places
   * of this system, `python.env` is an environment that pybridge built.
   */
  source:
    | 'option'
    | 'PYBRIDGE_PYTHON'
    | 'VIRTUAL_ENV'
    | 'CONDA_PREFIX'
    | '.venv'
    | 'poetry'
    | 'pipenv'
    | 'version'
    | '.python-version'
    | '.tool-versions'
    | 'pyproject.toml'
    | 'PATH'
    | 'well-known'
    | 'registry'
    | 'python.env'
  /** The path, or what was looked at. */
  tried: string
  outcome: 'chosen' | 'absent' | 'rejected'
  /** One plain sentence. */
  detail: string
}
