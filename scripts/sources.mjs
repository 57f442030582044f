// The one list of native sources: binding.gyp and CMakeLists.txt both read it.
//   sources.mjs            for the platform that it runs on
//   sources.mjs PLATFORM   for linux, mac or win (as gyp calls them)
// A file whose name ends in _linux, _mac, _windows or _posix (which is the first two), or in several
// of these, is for them alone; every other file is for all.
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const names = { linux: 'linux', mac: 'mac', darwin: 'mac', win: 'windows', win32: 'windows' }
const kinds = {
  linux: ['linux'],
  mac: ['mac'],
  windows: ['windows'],
  posix: ['linux', 'mac'],
}

/** The platforms that a source is for; none where it is for all. */
function platformsOf(file) {
  const platforms = []
  const words = file.replace(/\.cpp$/, '').split('_')
  while (words.at(-1) in kinds) platforms.push(...kinds[words.pop()])
  return platforms
}

export function sources(platform = process.platform) {
  const wanted = names[platform]
  if (wanted === undefined) throw new Error(`pybridge is not made for ${platform}`)
  return readdirSync(new URL('../native', import.meta.url), { recursive: true })
    .filter((file) => file.endsWith('.cpp'))
    .map((file) => `native/${file.replaceAll('\\', '/')}`)
    .filter((file) => {
      const platforms = platformsOf(file)
      return platforms.length === 0 || platforms.includes(wanted)
    })
    .sort()
}

// The package ships this script, and no other of this folder.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(sources(process.argv[2]).join('\n'))
}
