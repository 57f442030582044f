// From nothing to a first answer.
const memory = process.memoryUsage.rss()
const begin = performance.now()
const { python } = await import('../../dist/index.js')
const imported = performance.now()
python.start({ python: process.argv[2] })
const answer = python.eval('1')
const answered = performance.now()
console.log(
  JSON.stringify({
    import: imported - begin,
    first: answered - imported,
    total: answered - begin,
    sinceProcessStart: answered,
    megabytes: (process.memoryUsage.rss() - memory) / 2 ** 20,
    ...(answer !== 1 && { wrong: `${String(answer)} instead of 1` }),
  }),
)
