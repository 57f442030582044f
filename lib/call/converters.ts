import type { Converter } from '../convert/converters.js'
import {
  type ReadyConverters as OfValues,
  converters as ofValues,
} from '../convert/ready-converters.js'
import { arrowConverter } from '../memory/index.js'

/**
 * Converters for types that the table leaves references. What they make of an object comes home as
 * the same value of the same type.
 *
 * @example
 * python.register([converters.dataclasses, converters.enums])
 */
export interface ReadyConverters extends OfValues {
  /**
   * Tables of apache-arrow for whatever gives Arrow data, such as DataFrames, and columns for what is
   * one; a table of apache-arrow arrives in Python as a `pybridge.Table`. `python.table` says the same
   * of one value.
   *
   * @param arrow the module `apache-arrow`; without it, the one that the program finds
   * @throws {@link BridgeError} `INVALID_ARGUMENT` where there is none
   */
  arrow(arrow?: object): Converter
}

/** Ready converters, each loaded when it is asked for. */
export const converters: ReadyConverters = Object.defineProperty(ofValues, 'arrow', {
  value: (arrow?: object) => arrowConverter(arrow),
}) as ReadyConverters
