import { createRequire } from 'node:module'
import process from 'node:process'
import { BridgeError } from '../../errors/bridge-error.js'

/** The module `apache-arrow`. */
export type Arrow = typeof import('apache-arrow')

let found: Arrow | null = null

/** The module that was given, or the one that the program finds, or this package. */
export function arrowOf(given: unknown): Arrow {
  if (given !== undefined) return checked(given)
  found ??= find()
  return found
}

function checked(given: unknown): Arrow {
  const names = ['Table', 'RecordBatch', 'Schema', 'Field', 'Data', 'Vector', 'Struct'] as const
  const isObject = typeof given === 'object' && given !== null
  if (isObject && names.every((name) => typeof (given as Arrow)[name] === 'function')) {
    return given as Arrow
  }
  throw new BridgeError('INVALID_ARGUMENT', 'arrow is the module apache-arrow')
}

function find(): Arrow {
  for (const from of [`${process.cwd()}/`, import.meta.url]) {
    try {
      return checked(createRequire(from)('apache-arrow'))
    } catch (error) {
      if ((error as { code?: string }).code !== 'MODULE_NOT_FOUND') throw error
    }
  }
  throw new BridgeError('INVALID_ARGUMENT', 'apache-arrow, which makes tables, is not installed', {
    advice: 'run `npm install apache-arrow`, or pass the module: { arrow }',
  })
}
