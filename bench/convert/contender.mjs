import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { isBridge } from './contenders/index.mjs'

/** In milliseconds. What is slow is of interest where it is ours. */
const patienceWith = (name) => (name === 'pybridge' ? 300_000 : 20_000)

/** A contender in a process of its own: a new one, where the last has died. */
export class Contender {
  #name
  #context
  #child

  constructor(name, context) {
    this.#name = name
    this.#context = context
  }

  /** The answer of its `contend`; or, as `unable`, that it died or took too long. */
  async ask(request, about) {
    if (this.#hasEnded()) this.#child = start(this.#name, this.#context)
    const child = this.#child
    child.send({ request, ...about }, () => {}) // where that fails, it ends
    const patience = patienceWith(this.#name)
    const late = setTimeout(() => child.kill('SIGKILL'), patience)
    const answered = new AbortController()
    const { signal } = answered
    const answer = await Promise.race([
      once(child, 'message', { signal }).then(([message]) => message),
      once(child, 'exit', { signal }).then(([code, by]) => ({ unable: endOf(code, by, patience) })),
    ])
    clearTimeout(late)
    answered.abort()
    return answer
  }

  #hasEnded() {
    return this.#child === undefined || (this.#child.exitCode ?? this.#child.signalCode) !== null
  }

  end() {
    this.#child?.kill('SIGKILL')
  }
}

function start(name, { python, floor, rivals, msgpack }) {
  const script = fileURLToPath(new URL(`./contenders/${name}.mjs`, import.meta.url))
  const task = {
    python: python.executable,
    floor: floor.addons?.bulk,
    rivals: rivals?.folder,
    msgpack: msgpack?.executable,
  }
  const env = isBridge(name) ? { ...process.env, ...rivals.env } : process.env
  const options = { env, execArgv: ['--expose-gc'], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }
  return fork(script, [JSON.stringify(task)], options)
}

function endOf(code, signal, patience) {
  if (signal === 'SIGKILL') return `it did not answer within ${patience / 1000} s`
  return signal ? `it ended by ${signal}` : `it ended with exit code ${code}`
}
