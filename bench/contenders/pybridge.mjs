import { contend } from './contend.mjs'

await contend(async ({ python: executable, source }) => {
  const { python } = await import('../../dist/index.js')
  python.start({ python: executable })
  python.exec(source)
  return {
    noop: python.eval('noop'),
    add: python.eval('add'),
    thing: python.eval('thing'),
    hello: python.eval('hello'),
    callbacks: python.eval('callbacks'),
    make: python.eval('make'),
    same: python.eval('same'),
  }
})
