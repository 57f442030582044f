// The one list of native sources: binding.gyp and CMakeLists.txt both read it.
import { readdirSync } from 'node:fs'

const sources = readdirSync(new URL('../native', import.meta.url), { recursive: true })
  .filter((file) => file.endsWith('.cpp'))
  .map((file) => `native/${file.replaceAll('\\', '/')}`)
  .sort()

console.log(sources.join('\n'))
