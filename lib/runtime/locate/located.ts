import type { Step } from './step.js'

/** The Python to embed. */
export interface Located {
  /** Becomes sys.executable and argv[0]. Links are kept: a virtual environment is known by them. */
  executable: string
  /** Absolute path of libpython. */
  library: string
  /** '3.11' */
  version: string
  /** The base prefix: it holds the standard library. */
  prefix: string
  /** The folder of the virtual environment, if there is one. */
  venv: string | null
  steps: Step[]
}
