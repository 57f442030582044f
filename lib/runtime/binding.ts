import { createRequire } from 'node:module'
import process from 'node:process'
import { BridgeError } from '../errors/bridge-error.js'
import { root } from './package.js'

/** What native/addon.cpp exports. Ids name Python objects that this environment holds. */
export interface Binding {
  connect(hooks: Hooks, thread: number): void
  setScratch(words: Int32Array, numbers: Float64Array, units: Uint16Array): void
  start(options: NativeStartOptions): NativeStarted | undefined
  join(): NativeStarted | undefined
  /** Asks the main thread to start Python, and waits for it, but not long. */
  startOnMain(options: string): void
  joinThreads(): void
  end(natural: boolean, status: number): void
  setListeners(signal: number, count: number): void
  /** The process will end as if this signal had killed it. */
  leaveBy(signal: number): void
  /** The worker of this `threadId` is to end, or every one (0): its Python code is interrupted. */
  interruptWorker(thread: number): void
  submit(ticket: number, id: number, lanes: Lanes, rules: number, limited: boolean): void
  /** At most four scalars, without limits. */
  submitScalars(ticket: number, id: number, ...scalars: unknown[]): void
  /** Whether the call was running, and is interrupted. */
  interruptCall(ticket: number): boolean
  /** Whether the call still runs: its thread is replaced. */
  giveUpCall(ticket: number): boolean
  beginLimit(milliseconds: number): number
  reachLimit(limit: number): void
  /** Whether it was reached: then `takeBack` must follow. */
  endLimit(limit: number): boolean
  takeBack(): void
  stayAttached<T>(body: () => T): T
  // Where a value is a tape, a function returns nothing: lib/convert/decode.ts reads it.

  /** At most three scalars. */
  call(id: number, ...scalars: unknown[]): unknown
  /** At most eight scalars; `names`, of `internList`, are those of the last ones. */
  callKeywords(id: number, names: number, ...scalars: unknown[]): unknown
  internList(names: readonly string[]): number
  /** At most nine scalars. */
  callMany(id: number, ...scalars: unknown[]): unknown
  callByTape(id: number, lanes: Lanes, rules: number): unknown
  /** Whether a tape that is written will be read only after others. */
  keepTape(isKept: boolean): void
  /** `departingKeys` begins anew. */
  forgetShapes(): void
  /** The same number for each object of a type. */
  typeNumber(id: number): number
  /** Annotations do not steer this callable, nor others with its code. */
  knowUnsteered(id: number): void
  /** How what Python passes to functions crosses. */
  setRules(rules: number): void
  importModule(name: string): unknown
  intern(name: string): number
  forgetNames(): void
  getAttribute(id: number, name: number, rules: number): unknown
  setAttribute(id: number, name: number, lanes: Lanes): void
  deleteAttribute(id: number, name: number): void
  hasAttribute(id: number, name: number): boolean
  getItem(id: number, index: number, rules: number): unknown
  setItem(id: number, index: number, lanes: Lanes): void
  isIterable(id: number): boolean
  iterate(id: number): [iterator: object, copies: boolean]
  next(id: number, rules: number, done: symbol): unknown
  represent(id: number): string
  convertToString(id: number): string
  attributeNames(id: number): unknown
  copy(id: number, depth: number, rules: number): unknown
  reference(lanes: Lanes): object
  /** What was released; undefined while it is still held. */
  giveBack(id: number): string | undefined
  openView(id: number): ArrayBuffer
  takeBackView(loan: number): void
  makeMemory(bytes: Uint8Array, kind: number, isReadonly: boolean, shape: readonly number[]): object
  openTable(id: number): never
  nextBatch(reader: number): never
  keepTable(schema: readonly unknown[], batches: readonly unknown[]): object
  sweep(): void
  countLive(): [pythonObjects: number, javascriptObjects: number]
  lists: { codes: Record<string, string>; tags: Record<string, number> }
}

/** The addon itself. Each copy of this module opens an instance of its own over the one interpreter. */
interface Addon {
  open(libuv: boolean, backingStores: boolean, handlesAtEnd: boolean): Binding
}

/** What stands beside a tape that goes to Python: lib/convert/writer.ts. */
type Lanes = unknown[] | undefined

/** Functions that native code calls: PYBRIDGE_HOOKS in native/call/bridge.h. */
export interface Hooks {
  decode(): unknown
  encode(value: unknown): Lanes
  /** Without shapes, which only this thread knows. */
  encodeForThread(value: unknown): Lanes
  reserve(words: number, numbers: number): void
  defineShape(id: number, keys: readonly string[]): void
  makeDate(...parts: never[]): Date
  mailbox: unknown[]
  knownTexts: string[]
  departingKeys: (readonly string[])[]
  makeProxy(id: number, kind: number): object
  describeView(buffer: ArrayBuffer, ...description: never[]): void
  makeError(
    proxy: object,
    type: string,
    module: string,
    message: string,
    cause: unknown,
    code: string | null,
  ): unknown
  makeBridgeError(code: string, detail: string): unknown
  describeThrown(thrown: unknown): Lanes
  apply(target: unknown): unknown
  settleCall(ticket: number, failed: boolean): void
  settleScalar(ticket: number, scalar: unknown): void
  failCall(ticket: number, reason: unknown): void
  warnSlow(milliseconds: number): void
  startHere(options: string): void
}

export interface NativeStartOptions {
  library: string
  executable: string
  package: string
  layouts: boolean
  /** Handed to whoever joins later. */
  story: string
  /** On this thread; else on a keeper thread. */
  here: boolean
  /** Whether signals go to both sides. */
  signals: boolean
  callbackTimeout: number
  /** 0: never told of. */
  slowCall: number
  /** 0: as many as this Python makes use of. */
  busyThreads: number
  maxThreads: number
}

export interface NativeStarted {
  version: string
  freeThreaded: boolean
  deepbind: boolean
  loop: 'libuv' | 'threadsafe function'
  backingStores: boolean
  loadMilliseconds: number
  initializeMilliseconds: number
  story: string
  layouts: { text: boolean; tuple: boolean; vectorcall: 'function' | 'layout' | 'tuple' }
}

/**
 * Whether libuv is there to be used: Bun and Deno have none behind Node-API. Where not, threads wake
 * the event loop by a threadsafe function, and signals come through a pipe of ours. PYBRIDGE_LOOP=fallback
 * does so in Node too.
 */
const hasLibuv =
  process.versions.bun === undefined &&
  process.versions.deno === undefined &&
  process.env.PYBRIDGE_LOOP !== 'fallback'

/** V8's, which Electron does not let hold memory of others. PYBRIDGE_BACKING_STORES=off does without. */
const hasBackingStores =
  process.versions.electron === undefined && process.env.PYBRIDGE_BACKING_STORES !== 'off'

/** Whether native code may ask for objects when an environment ends: Deno ends the process. */
const hasHandlesAtEnd = process.versions.deno === undefined

function open(): Binding {
  const load = createRequire(import.meta.url)
  try {
    return (load('node-gyp-build')(root) as Addon).open(hasLibuv, hasBackingStores, hasHandlesAtEnd)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
    const isFound = cause instanceof Error && 'code' in cause && cause.code === 'START_FAILED'
    throw new BridgeError(isFound ? 'START_FAILED' : 'ADDON_NOT_FOUND', reason, { cause })
  }
}

/** Undefined until `openBinding`: an import that nobody uses loads nothing. */
export let binding: Binding

let prepare = (): void => {}

/** What must be done as soon as the addon is loaded; the call room knows how. */
export function onOpen(supplied: () => void): void {
  prepare = supplied
}

/**
 * Loads the addon, once.
 *
 * @throws {@link BridgeError} `ADDON_NOT_FOUND` where there is none for this platform
 */
export function openBinding(): void {
  if (binding !== undefined) return
  binding = open()
  prepare()
}

/** For a worker that is about to use Python, or not. */
export function openForWorkers(): void {
  try {
    openBinding()
  } catch {} // whoever uses Python is told
}
