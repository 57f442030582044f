import { type Check, ill, runtimeNames, well } from '../exam.js'
import { manifest } from '../system.js'

/** Whether this runtime is as new as package.json asks for. */
export const node: Check = ({ system }) => {
  const { name, version } = system.runtime
  const wanted = manifest.engines.node.replace(/^>=/, '')
  if (name !== 'node')
    return well('node', `${runtimeNames[name]} ${version} runs it through Node-API`)
  if (!isOlder(version, wanted)) return well('node', `Node ${version} is new enough`)
  return ill('node', {
    outcome: 'warning',
    code: 'NODE_TOO_OLD',
    said: `Node ${version} is older than pybridge needs (${wanted})`,
    advice: `install Node ${wanted} or later`,
  })
}

function isOlder(version: string, wanted: string): boolean {
  const [ours, theirs] = [version, wanted].map((text) => text.split('.').map(Number))
  for (const [index, number] of (theirs ?? []).entries()) {
    const difference = (ours?.[index] ?? 0) - number
    if (difference !== 0) return difference < 0
  }
  return false
}
