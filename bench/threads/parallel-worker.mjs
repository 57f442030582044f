import { parentPort } from 'node:worker_threads'

const { python } = await import('../../dist/index.js')
parentPort.on('message', ([name, n]) => parentPort.postMessage(python.eval(name)(n)))
