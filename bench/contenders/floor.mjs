import { openFloor } from '../floor/open.mjs'
import { contend } from './contend.mjs'

await contend(({ addon, python, source }) => openFloor(addon, python, source).attaching)
