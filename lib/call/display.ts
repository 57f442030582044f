import { withoutConverters } from '../convert/converters.js'
import { BridgeError } from '../errors/bridge-error.js'
import { type PyHandle, type PyProxy, plainly } from '../object/py-proxy.js'
import { pyHandleOf } from '../object/view.js'
import { binding } from '../runtime/binding.js'
import { callOff } from './async.js'
import { noLimits } from './limits.js'

/** A form of what Python shows: a short name, or a media type. */
export type DisplayFormat =
  | 'html'
  | 'svg'
  | 'png'
  | 'jpeg'
  | 'pdf'
  | 'markdown'
  | 'latex'
  | 'json'
  | 'text'
  | `${string}/${string}`

/** What {@link Python.display} takes. */
export interface DisplayOptions {
  /** The form to give, or several, the most wanted first; by default the best that there is. */
  format?: DisplayFormat | readonly DisplayFormat[]
}

/** What a notebook would show of an object. */
export interface Display {
  /** The media type, such as `image/png`. */
  readonly mime: string
  /** The content, a `Buffer`: the bytes of a picture, or text as UTF-8. */
  readonly data: Uint8Array
  /** The content of a form that is text: HTML, SVG, Markdown, LaTeX, JSON, plain text. */
  readonly text: string
}

const mimes: Readonly<Record<string, string>> = {
  html: 'text/html',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpeg: 'image/jpeg',
  pdf: 'application/pdf',
  markdown: 'text/markdown',
  latex: 'text/latex',
  json: 'application/json',
  text: 'text/plain',
}

function mimeOf(format: unknown): string {
  if (typeof format === 'string') {
    if (Object.hasOwn(mimes, format)) return mimes[format] as string
    if (/^[^\s/]+\/[^\s/]+$/.test(format)) return format
  }
  const shown = typeof format === 'string' ? `"${format}"` : typeof format
  throw new BridgeError('INVALID_ARGUMENT', `${shown} is no format to display`, {
    advice: `say ${Object.keys(mimes).join(', ')}, or a media type such as image/webp`,
  })
}

function wanted({ format = [] }: DisplayOptions = {}): string[] {
  return (Array.isArray(format) ? format : [format]).map(mimeOf)
}

function displayOf([mime, data]: [string, Buffer]): Display {
  return {
    mime,
    data,
    get text() {
      return data.toString()
    },
  }
}

/** The form of an object that a notebook would show. */
export function show(target: PyProxy, options?: DisplayOptions): Display {
  const formats = wanted(options)
  return withoutConverters(() => {
    const display = plainly('pybridge.display', 'display')
    return displayOf(display(target, formats) as [string, Buffer])
  })
}

/** The same off this thread. */
export async function showOff(target: PyProxy, options?: DisplayOptions): Promise<Display> {
  const formats = wanted(options)
  const answer = withoutConverters(() => {
    const { display } = binding.importModule('pybridge.display') as PyProxy
    return callOff(pyHandleOf(display) as PyHandle, noLimits)(target, formats)
  })
  return displayOf((await answer) as [string, Buffer])
}
