import { defineConfig } from 'vitest/config'

// A fresh process for each file: one process has one Python, for good.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    isolate: true,
    maxWorkers: 2,
    execArgv: ['--expose-gc'],
    env: { PYTHONDONTWRITEBYTECODE: '1' },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    dangerouslyIgnoreUnhandledErrors: false,
    // The tests load the built package, as users do.
    server: { deps: { external: [/\/dist\//] } },
  },
})
