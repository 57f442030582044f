import { named } from './named.js'
import type { Source } from './source.js'

export const pybridgePython: Source = {
  name: 'PYBRIDGE_PYTHON',
  final: true,
  *candidates(search) {
    const name = search.env.PYBRIDGE_PYTHON
    if (!name) return
    yield { tried: name, origin: 'PYBRIDGE_PYTHON', executable: () => named(name, search) }
  },
  absent: () => ({ tried: 'PYBRIDGE_PYTHON', detail: 'it is not set' }),
}
