// What examples/ shows, run as its README says.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { environmentWith, skipLoudly } from '../fixtures/pythons.js'
import { root, run } from '../fixtures/run-node.js'

const python = environmentWith('matplotlib', 'PIL', 'numpy')

if (python === undefined) {
  skipLoudly('examples/image', 'no Python here has matplotlib, Pillow and NumPy')
} else {
  test('examples/image writes a picture, and figures of it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pybridge-image-'))
    try {
      const args = ['--out', folder]
      const { code, stdout, stderr } = await run(join(root, 'examples/image/image.mjs'), {
        args,
        python,
      })
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout).toContain('Pillow sees the first pixel as 39,29,69,255')
      expect(stdout).toContain('JavaScript sees its last pixel: 0,0,0,255')
      expect(readdirSync(folder)).toEqual(['comparison.png', 'comparison.svg', 'duotone.png'])
      const begins = (name: string) => readFileSync(join(folder, name)).toString('latin1', 1, 5)
      expect(begins('duotone.png')).toBe('PNG\r')
      expect(begins('comparison.png')).toBe('PNG\r')
      expect(begins('comparison.svg')).toBe('?xml')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
}

test('what it cannot do it says, and what to do', async () => {
  const { code, stderr } = await run(join(root, 'examples/image/image.mjs'), { args: ['--colour'] })
  expect(code).toBe(1)
  expect(stderr).toContain('Usage: node examples/image/image.mjs')
})
