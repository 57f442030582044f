import type { ErrorCode } from '../../errors/catalogue.js'

/**
 * Why one candidate cannot be embedded. It becomes a BridgeError only where no other candidate may
 * take its place.
 */
export class Refusal extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
    readonly advice?: string,
  ) {
    super(detail)
  }
}
