/** An object of ours that is no value has the reason here. */
export const refusedKey: unique symbol = Symbol('pybridge.refused')
