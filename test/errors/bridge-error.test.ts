import { describe, expect, test } from 'vitest'
import { BridgeError, PythonError, python } from '../../lib/index.js'
import { thrown } from '../fixtures/thrown.js'

python.exec('import pybridge')

test('is an Error with a name, a code, a message, a stack and a cause', () => {
  const cause = new Error('why')
  const error = new BridgeError('RELEASED', 'a list', { cause })
  expect(error).toBeInstanceOf(Error)
  expect([error.name, error.code, error.cause]).toEqual(['BridgeError', 'RELEASED', cause])
  expect(error.stack).toMatch(/^BridgeError: this Python object was released: a list\. What to do/)
  expect(Object.keys(error)).toEqual(['code'])
})

test('advice of its own replaces the usual one', () => {
  const { message } = new BridgeError('RELEASED', 'x', { advice: 'do this' })
  expect(message).toBe('this Python object was released: x. What to do: do this [RELEASED]')
})

describe('in Python', () => {
  test('one of JavaScript is a pybridge.BridgeError with the same code', () => {
    python.exec(`
def tell(f):
    try: f()
    except pybridge.BridgeError as error: return [error.code, str(error)]
`)
    const error = new BridgeError('RELEASED', 'mine')
    expect(
      python.eval('tell')(() => {
        throw error
      }),
    ).toEqual(['RELEASED', error.message])
  })

  test('raised on, it is the identical error again', () => {
    const error = new BridgeError('RELEASED', 'mine')
    const body = () =>
      python.eval('lambda f: f()')(() => {
        throw error
      })
    expect(thrown(body)).toBe(error)
    python.exec(`
def again(f):
    try: f()
    except pybridge.BridgeError as error:
        raise error
`)
    expect(
      thrown(() =>
        python.eval('again')(() => {
          throw error
        }),
      ),
    ).toBe(error)
  })

  test('one that Python makes arrives with its code and detail', () => {
    const error = thrown(() =>
      python.exec('raise pybridge.BridgeError("RELEASED", "of Python")'),
    ) as BridgeError
    expect(error).toBeInstanceOf(BridgeError)
    expect(error.code).toBe('RELEASED')
    expect(error.message).toContain('this Python object was released: of Python')
  })

  test('the identical exception in Python comes of the identical error here', () => {
    python.exec('made = pybridge.BridgeError("RELEASED", "x")\ndef throw(): raise made')
    const first = thrown(() => python.eval('throw')())
    expect(thrown(() => python.eval('throw')())).toBe(first)
    python.exec(
      'def same(f):\n    try: f()\n    except BaseException as error: return error is made',
    )
    expect(
      python.eval('same')(() => {
        throw first
      }),
    ).toBe(true)
  })

  test.each(['MADE_UP', 'toString', 'constructor', '__proto__', ''])(
    'a code that is not in the catalogue (%j) makes a PythonError',
    (code) => {
      const error = thrown(() => python.exec(`raise pybridge.BridgeError(${JSON.stringify(code)})`))
      expect(error).toBeInstanceOf(PythonError)
      expect((error as PythonError).type).toBe('BridgeError')
    },
  )

  test.each(['5', 'None', '["RELEASED"]', 'object()'])(
    'a code that is no text (%s) too',
    (code) => {
      const error = thrown(() => python.exec(`raise pybridge.BridgeError(${code})`))
      expect(error).toBeInstanceOf(PythonError)
    },
  )

  test('attributes that were deleted or replaced harm nobody', () => {
    for (const change of [
      'del e.detail',
      'del e.code',
      'del e.js',
      'e.detail = object()',
      'e.was_thrown = True',
    ]) {
      const error = thrown(() =>
        python.exec(`e = pybridge.BridgeError("RELEASED", "x")\n${change}\nraise e`),
      )
      expect(python.eval('1')).toBe(1)
      if (change !== 'e.was_thrown = True') expect(error).toBeInstanceOf(Error)
    }
  })
})
