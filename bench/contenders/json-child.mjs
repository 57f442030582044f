import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('./json_lines.py', import.meta.url))

/** One long-lived Python that answers JSON lines: asks it, and makes a function known to it. */
export function startChild(python, ...files) {
  const child = spawn(python, [script, ...files], { stdio: ['pipe', 'pipe', 'inherit'] })
  const waiting = new Map()
  const functions = new Map()
  let requests = 0
  let parts = []

  const send = (message) => child.stdin.write(`${JSON.stringify(message)}\n`)
  const receive = ({ id, value, error, call, arguments: values }) => {
    if (call !== undefined) return send({ answer: functions.get(call)(...values) })
    const { resolve, reject } = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) resolve(value)
    else reject(new Error(error))
  }
  child.stdout.setEncoding('utf8').on('data', (text) => {
    const lines = text.split('\n')
    if (lines.length > 1) {
      receive(JSON.parse(parts.join('') + lines[0]))
      for (const line of lines.slice(1, -1)) receive(JSON.parse(line))
      parts = []
    }
    parts.push(lines.at(-1))
  })

  const request = (name, values, keywords) =>
    new Promise((resolve, reject) => {
      const id = requests++
      waiting.set(id, { resolve, reject })
      send({ id, name, arguments: values, keywords })
    })
  const register = (f) => {
    functions.set(functions.size, f)
    return { function: functions.size - 1 }
  }
  return { request, register }
}
