import { type PyProxy, plainly } from './py-proxy.js'

/** One frame of a Python traceback. */
export interface PythonFrame {
  file: string
  /** 1-based; 0 where Python does not know it. */
  line: number
  name: string
  /** The source line, stripped; null where the file cannot be read. */
  source: string | null
}

type Ask = (...args: unknown[]) => unknown
const asked = new Map<string, Ask>()

/** A function of python/pybridge/errors.py. */
function inPython(name: string): Ask {
  let ask = asked.get(name)
  if (ask === undefined) {
    ask = plainly('pybridge.errors', name)
    asked.set(name, ask)
  }
  return ask
}

export function framesOf(exception: PyProxy): PythonFrame[] {
  const frames = inPython('frames')(exception) as [string, number, string, string | null][]
  return frames.map(([file, line, name, source]) => ({ file, line, name, source }))
}

/** As Python prints it, with its causes. */
export function formatTraceback(exception: PyProxy): string {
  return inPython('format_traceback')(exception) as string
}

/** Whether one of the classes of the exception has this name. */
export function isInstanceNamed(exception: PyProxy, name: string): boolean {
  return inPython('is_instance_named')(exception, name) as boolean
}
