import { binding } from '../runtime/binding.js'
import type { PyProxy } from './py-proxy.js'

/** One frame of a Python traceback. */
export interface PythonFrame {
  file: string
  /** 1-based; 0 where Python does not know it. */
  line: number
  name: string
  /** The source line, stripped; null where the file cannot be read. */
  source: string | null
}

let module: PyProxy

function errors(): PyProxy {
  module ??= binding.importModule('pybridge.errors') as PyProxy
  return module
}

export function framesOf(exception: PyProxy): PythonFrame[] {
  const frames = errors().frames(exception) as [string, number, string, string | null][]
  return frames.map(([file, line, name, source]) => ({ file, line, name, source }))
}

/** As Python prints it, with its causes. */
export function formatTraceback(exception: PyProxy): string {
  return errors().format_traceback(exception)
}

/** Whether one of the classes of the exception has this name. */
export function isInstanceNamed(exception: PyProxy, name: string): boolean {
  return errors().is_instance_named(exception, name)
}
