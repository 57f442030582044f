// Loads and initialises Python, and nothing else.
import { createRequire } from 'node:module'

const [addon, executable] = process.argv.slice(2)
const require = createRequire(import.meta.url)

const memory = process.memoryUsage.rss()
const begin = performance.now()
const native = require(addon)
const loaded = performance.now()
native.start(executable, '')
const started = performance.now()
console.log(
  JSON.stringify({
    load: loaded - begin,
    start: started - loaded,
    total: started - begin,
    megabytes: (process.memoryUsage.rss() - memory) / 2 ** 20,
  }),
)
