import { closeSync, openSync, readSync } from 'node:fs'

/** The first page of an open file: mostly, it holds all that is asked for. */
export interface Page {
  descriptor: number
  view: DataView
}

export function withPage<T>(path: string, read: (page: Page) => T): T {
  const descriptor = openSync(path, 'r')
  try {
    return read({ descriptor, view: readAt(descriptor, 0, 4096) })
  } finally {
    closeSync(descriptor)
  }
}

/** Shorter than asked for where the file ends. */
export function readAt(descriptor: number, offset: number, length: number): DataView {
  const buffer = new ArrayBuffer(length)
  const got = readSync(descriptor, new DataView(buffer), 0, length, offset)
  return new DataView(buffer, 0, got)
}
