/** `node:worker_threads`, which takes 1 ms to load: an import that nobody uses does without. */
export const jsThreads = (): typeof import('node:worker_threads') =>
  process.getBuiltinModule('node:worker_threads')
