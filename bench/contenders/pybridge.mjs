import { contend } from './contend.mjs'
import { openPybridge } from './open-pybridge.mjs'

await contend(({ python }) => openPybridge(python))
