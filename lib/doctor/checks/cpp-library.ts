import { relative } from 'node:path'
import type { Located } from '../../runtime/locate/index.js'
import { cppLibraryOf, newest, ownCppLibrary, type Wanting, wantingIn } from '../cpp-library.js'
import { type Check, type Exam, ill, installerOf, resultOf, well } from '../exam.js'
import { loadedLibraries } from '../loaded-libraries.js'
import { install, startWith } from '../remedy.js'

/**
 * Whether the C++ library that Node has loaded is new enough for what is installed in this Python.
 * The loader keeps one library of that name in a process, the first, so a newer one cannot be
 * brought in later: it has to be there when Node starts.
 */
export const cppLibrary: Check = async (exam) => {
  const { located, system } = exam
  if (located === null || system.platform !== 'linux') return null
  const loaded = cppLibraryOf(resultOf(exam, 'load')?.libraries ?? loadedLibraries())
  if (loaded === null) return null // then Python loads its own
  const wanting = wantingIn(located, loaded)
  if (wanting.length > 0) return await tooOld(exam, located, loaded, wanting)
  return well(
    'cpp-library',
    `the C++ library that Node has loaded, ${loaded}, has all that this Python wants`,
  )
}

async function tooOld(exam: Exam, located: Located, loaded: string, wanting: Wanting[]) {
  const first = wanting[0] as Wanting
  const others = wanting.length === 1 ? ' needs' : ` and ${wanting.length - 1} more need`
  const wanted = newest(wanting.flatMap(({ versions }) => versions))
  const named = relative(located.prefix, first.path)
  const name = named.startsWith('..') ? first.path : named
  const said = `${name}${others} ${wanted} of the C++ library, and Node has loaded ${loaded}, which lacks it`
  const own = ownCppLibrary(located, wanting)
  const code = 'CPP_LIBRARY_TOO_OLD'
  if (own === null) {
    const advice =
      'bring a newer C++ library: update the system, or use packages that were built for it'
    const commands = install('cppLibrary', installerOf(exam))
    return ill('cpp-library', { code, said, advice, commands })
  }
  const tried = await exam.again({ LD_PRELOAD: own })
  const works = tried.outcomes.start?.state === 'done' && tried.exit.code === 0
  const proof = works ? ' (tried here: Python starts with it)' : ''
  return ill('cpp-library', {
    code,
    said,
    advice: `start Node with the C++ library of this Python, which is newer and does for both${proof}`,
    commands: [startWith('LD_PRELOAD', own)],
  })
}
