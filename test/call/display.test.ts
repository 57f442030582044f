// What a notebook would show: lib/call/display.ts, python/pybridge/display.py.
import { describe, expect, test } from 'vitest'
import { converters, type DisplayFormat, kw, PythonError, python } from '../../lib/index.js'
import { skipLoudly } from '../fixtures/pythons.js'
import { runNode } from '../fixtures/run-node.js'
import { refusal, thrown } from '../fixtures/thrown.js'

const find = python.eval('lambda name: __import__("importlib.util").util.find_spec(name)')
const library = (name: string, body: () => void): void => {
  if (find(name) !== null) describe(name, body)
  else skipLoudly(name, `${python.info.executable} has no ${name}`)
}

/** The media type and the text of what is shown. */
function shown(value: unknown, format?: DisplayFormat | DisplayFormat[]): [string, string] {
  const { mime, text } = python.display(value, format === undefined ? {} : { format })
  return [mime, text]
}

/** An object with these methods. */
const make = python.eval('lambda **methods: type("Shown", (), methods)()')
const showing = (methods: string): unknown => python.eval(`make(${methods})`, { make })

describe('text is what is left', () => {
  test.each([
    [5, '5'],
    ['a\nb', "'a\\nb'"],
    [[1, [2]], '[1, [2]]'],
    [null, 'None'],
    [python.builtins.int, "<class 'int'>"],
    [python.eval('object.__new__(type("Odd", (), {"__repr__": lambda s: "\\ud800é"}))'), '?é'],
  ])('%o is its repr', (value, text) => {
    expect(shown(value)).toEqual(['text/plain', text])
  })

  test('a class has none of its objects’ forms, and a JavaScript object has none at all', () => {
    const styled = python.eval('type("Styled", (), {"_repr_html_": lambda self: "<b>"})')
    expect(shown(styled)).toEqual(['text/plain', "<class '__main__.Styled'>"])
    expect(shown(styled())[0]).toBe('text/html')
    expect(shown(() => 1)[0]).toBe('text/plain')
    expect(shown(new (class Anything {})())[0]).toBe('text/plain')
    expect(shown(python.import('unittest.mock').MagicMock())[0]).toBe('text/plain')
  })

  test('an error of repr is the error', () => {
    const bad = python.eval('type("Bad", (), {"__repr__": lambda self: 1 / 0})()')
    expect(() => python.display(bad)).toThrow('division by zero')
  })
})

describe('methods of IPython’s protocol', () => {
  test.each<[methods: string, mime: string, text: string]>([
    ['_repr_html_=lambda s: "<p>é</p>"', 'text/html', '<p>é</p>'],
    ['_repr_markdown_=lambda s: "*a*"', 'text/markdown', '*a*'],
    ['_repr_latex_=lambda s: "$x$"', 'text/latex', '$x$'],
    ['_repr_svg_=lambda s: "<svg/>"', 'image/svg+xml', '<svg/>'],
    ['_repr_png_=lambda s: b"png"', 'image/png', 'png'],
    ['_repr_png_=lambda s: "cG5n\\n"', 'image/png', 'png'],
    ['_repr_png_=lambda s: (memoryview(b"png"), {"width": 3})', 'image/png', 'png'],
    ['_repr_jpeg_=lambda s: bytearray(b"jpeg")', 'image/jpeg', 'jpeg'],
    ['_repr_pdf_=lambda s: b"%PDF"', 'application/pdf', '%PDF'],
    ['_repr_json_=lambda s: {"a": [1, None]}', 'application/json', '{"a": [1, null]}'],
    ['_repr_javascript_=lambda s: "alert()"', 'application/javascript', 'alert()'],
    ['_repr_png_=lambda s: b"a", _repr_html_=lambda s: "b"', 'text/html', 'b'],
    ['_repr_html_=lambda s: None, _repr_png_=lambda s: b"a"', 'image/png', 'a'],
    ['_repr_html_="no method", _repr_latex_=lambda s: "x"', 'text/latex', 'x'],
    [
      '_repr_mimebundle_=lambda s, include, exclude: {"text/plain": "a", "text/html": "<a>"}',
      'text/html',
      '<a>',
    ],
    [
      '_repr_mimebundle_=lambda s, **k: ({"image/png": "cG5n"}, {"image/png": {"width": 3}})',
      'image/png',
      'png',
    ],
    [
      '_repr_mimebundle_=lambda s, **k: {"application/vnd.x.v1+json": {"x": 1}, "text/plain": "x"}',
      'application/vnd.x.v1+json',
      '{"x": 1}',
    ],
    ['_repr_mimebundle_=lambda s, **k: {"text/plain": "own text"}', 'text/plain', 'own text'],
    ['_repr_mimebundle_=lambda s, **k: None, _repr_html_=lambda s: "a"', 'text/html', 'a'],
    [
      '_repr_mimebundle_=lambda s, **k: {"text/html": "a"}, _repr_html_=lambda s: "b"',
      'text/html',
      'a',
    ],
  ])('%s', (methods, mime, text) => {
    expect(shown(showing(methods))).toEqual([mime, text])
  })

  test('the format that is asked for is given, or the first of several that there is', () => {
    const object = showing('_repr_html_=lambda s: "h", _repr_latex_=lambda s: "l"')
    expect(shown(object, 'latex')).toEqual(['text/latex', 'l'])
    expect(shown(object, 'text/latex')).toEqual(['text/latex', 'l'])
    expect(shown(object, ['png', 'markdown', 'latex', 'html'])).toEqual(['text/latex', 'l'])
    expect(shown(object, 'text')[1]).toContain('Shown object at')
    expect(shown(object, [])).toEqual(['text/html', 'h'])
    const bundle = showing('_repr_mimebundle_=lambda s, **k: {"image/webp": b"w"}')
    expect(shown(bundle, 'image/webp')).toEqual(['image/webp', 'w'])
  })

  test('one that it lacks is refused with those that it has', () => {
    const object = showing('_repr_html_=lambda s: "h", _repr_png_=lambda s: 1 / 0')
    expect(refusal('CONVERSION', () => python.display(object, { format: 'svg' }))).toContain(
      '__main__.Shown: it has no image/svg+xml, but text/html, text/plain',
    )
    expect(
      refusal('CONVERSION', () => python.display(object, { format: ['svg', 'image/webp'] })),
    ).toContain('no image/svg+xml or image/webp, but')
  })

  test('what a method raises is raised', () => {
    const object = showing('_repr_html_=lambda s: {}["missing"], _repr_png_=lambda s: b"a"')
    const error = thrown(() => python.display(object)) as PythonError
    expect(error).toBeInstanceOf(PythonError)
    expect(error.type).toBe('KeyError')
    expect(shown(object, 'png')).toEqual(['image/png', 'a'])
  })

  test('NotImplementedError says that there is none', () => {
    python.exec('def no(self, **keywords): raise NotImplementedError')
    const object = python.eval(
      'make(_repr_mimebundle_=no, _repr_html_=no, _repr_latex_=lambda s: "l")',
      { make, no: python.eval('no') },
    )
    expect(shown(object)).toEqual(['text/latex', 'l'])
  })

  test.each([
    ['_repr_html_=lambda s: 5', 'its text/html is int, neither text nor bytes'],
    ['_repr_png_=lambda s: "ä"', 'its image/png is text that is not base64'],
    ['_repr_json_=lambda s: {"a": object()}', 'its application/json is not JSON'],
    ['_repr_mimebundle_=lambda s, **k: ["text/html"]', 'gives list, not a dict'],
  ])('%s is refused', (methods, why) => {
    expect(refusal('CONVERSION', () => python.display(showing(methods)))).toContain(why)
  })

  test.each(['gif', 'png ', '', '/', 'image/', 5, null, {}])('%o is no format', (format) => {
    expect(
      refusal('INVALID_ARGUMENT', () =>
        python.display(1, { format: format as unknown as DisplayFormat }),
      ),
    ).toContain('say html, svg, png, jpeg, pdf, markdown, latex, json, text')
  })

  test('converters and modes of the user’s have no part in it', () => {
    const unregister = python.register([
      converters.path,
      { python: 'builtins.bytes', toJs: () => 'converted' },
    ])
    expect(shown(showing('_repr_png_=lambda s: b"a"'))).toEqual(['image/png', 'a'])
    unregister()
  })

  test.each(['exact', 'strict', 'json', 'ref'])(
    'nor has the mode %s of the bridge',
    async (mode) => {
      const { stdout, stderr } = await runNode(
        `python.start({ mode: '${mode}' })
       console.log(python.display(['a']).text, (await python.display.async('b')).text)`,
      )
      expect([stdout, stderr]).toEqual(["['a'] 'b'\n", ''])
    },
  )

  test('off this thread it is a promise, whatever happens', async () => {
    const object = showing(
      '_repr_html_=lambda s: str(__import__("threading").current_thread() is __import__("threading").main_thread())',
    )
    const { mime, text } = await python.display.async(object)
    expect([mime, text]).toEqual(['text/html', 'False'])
    await expect(python.display.async(object, { format: 'png' })).rejects.toThrow('CONVERSION')
    await expect(
      python.display.async(object, { format: 'gif' as unknown as DisplayFormat }),
    ).rejects.toThrow('INVALID_ARGUMENT')
  })
})

const png = '89504e470d0a1a0a'
const hex = (data: Uint8Array, length = data.length): string =>
  Buffer.from(data).toString('hex', 0, length)

function sizeOf(data: Uint8Array): [width: number, height: number] {
  const header = new DataView(data.buffer, data.byteOffset)
  return [header.getUint32(16), header.getUint32(20)]
}

library('matplotlib', () => {
  const { Figure } = python.import('matplotlib.figure')
  const figureOf = () => {
    const figure = Figure(kw({ figsize: [4, 3], dpi: 50 }))
    figure.subplots().plot([1, 4, 9])
    return figure
  }

  test.each<[DisplayFormat | undefined, string, signature: string]>([
    [undefined, 'image/png', png],
    ['png', 'image/png', png],
    ['jpeg', 'image/jpeg', 'ffd8ff'],
    ['pdf', 'application/pdf', Buffer.from('%PDF-').toString('hex')],
    ['svg', 'image/svg+xml', Buffer.from('<?xml').toString('hex')],
    ['text', 'text/plain', Buffer.from('<Figure size 200x150 with 1 Axes>').toString('hex')],
  ])('a figure as %s is %s', (format, mime, signature) => {
    const made = python.display(figureOf(), format === undefined ? {} : { format })
    expect(made.mime).toBe(mime)
    expect(hex(made.data).startsWith(signature)).toBe(true)
  })

  test('its pixels are those of its size, without a margin', () => {
    const [width, height] = sizeOf(python.display(figureOf()).data)
    expect(width).toBeGreaterThan(150)
    expect(width).toBeLessThan(200)
    expect(height).toBeGreaterThan(110)
    expect(height).toBeLessThan(150)
  })

  test('its SVG is XML', () => {
    const { data, text } = python.display(figureOf(), { format: 'svg' })
    expect(text).toContain('width=')
    const { documentElement } = python.import('xml.dom.minidom').parseString(data)
    expect(documentElement.tagName).toBe('svg')
  })

  test('an empty one is a picture, too', () => {
    expect(hex(python.display(Figure()).data, 8)).toBe(png)
  })

  test('axes show the figure that they are in', () => {
    const figure = Figure()
    const [left] = figure.subfigures(1, 2)
    const axes = left.subplots()
    for (const each of [axes, left, figure.add_subplot(kw({ projection: 'polar' }))]) {
      expect(python.display(each).mime).toBe('image/png')
    }
    axes.remove()
    expect(python.display(axes).mime).toBe('text/plain')
  })

  test('a format that it has not is refused', () => {
    expect(refusal('CONVERSION', () => python.display(figureOf(), { format: 'html' }))).toContain(
      'has no text/html, but image/png, image/svg+xml, application/pdf, image/jpeg, text/plain',
    )
  })

  test('nothing else of matplotlib is changed, and no screen is needed', async () => {
    const { stdout, stderr } = await runNode(
      `const { Figure } = python.import('matplotlib.figure')
       const figure = Figure()
       const canvas = figure.canvas
       console.log(python.display(figure).mime, python.display(figure, { format: 'svg' }).mime)
       console.log(python.builtins.id(figure.canvas) === python.builtins.id(canvas))
       console.log(python\`[name for name in __import__("sys").modules if name in ("matplotlib.pyplot", "tkinter")]\`)
       console.log(python.import('matplotlib').get_backend().toLowerCase())`,
      { env: { MPLBACKEND: 'TkAgg', DISPLAY: null }, python: python.info.executable as string },
    )
    expect([stdout, stderr]).toEqual(['image/png image/svg+xml\ntrue\n[]\ntkagg\n', ''])
  })

  test('pyplot shows its current figure, and makes none', () => {
    python.import('matplotlib').use('agg')
    const plt = python.import('matplotlib.pyplot')
    expect(refusal('CONVERSION', () => python.display(plt))).toContain('no figure yet')
    plt.plot([1, 2])
    expect(python.display(plt).mime).toBe('image/png')
    expect([...plt.get_fignums()]).toEqual([1])
    plt.close('all')
  })
})

library('PIL', () => {
  const Image = python.import('PIL.Image')

  test('an image is PNG, and JPEG where that is asked for', () => {
    const { mime, data } = python.display(Image.new('RGB', [7, 5], 'red'))
    expect([mime, hex(data, 8), sizeOf(data)]).toEqual(['image/png', png, [7, 5]])
    const jpeg = python.display(Image.new('RGB', [7, 5]), { format: 'jpeg' })
    expect(hex(jpeg.data, 3)).toBe('ffd8ff')
  })

  test('one of a mode that PNG has not is JPEG, or text', () => {
    expect(python.display(Image.new('CMYK', [7, 5])).mime).toBe('image/jpeg')
    expect(python.display(Image.new('F', [7, 5])).mime).toBe('text/plain')
  })
})

library('pandas', () => {
  const table = python.eval('__import__("pandas").DataFrame({"a": [1, 2]}, index=["x", "y"])')

  test('a table is HTML, and text', () => {
    const [mime, html] = shown(table)
    expect(mime).toBe('text/html')
    expect(html).toMatch(/<table[\s\S]*<th>x<\/th>\s*<td>1<\/td>/)
    expect(shown(table, 'text')[1]).toBe('   a\nx  1\ny  2')
  })

  test('what it draws shows its figure', () => {
    if (find('matplotlib') === null) return
    python.import('matplotlib').use('agg')
    expect(python.display(table.plot()).mime).toBe('image/png')
    python.import('matplotlib.pyplot').close('all')
  })
})
