// A record of mixed fields, as `row` of the subjects in Python makes it.
export const cities = ['Paris', 'London', 'Berlin', 'Madrid', 'Rome', 'Vienna', 'Oslo', 'Prague']

export const row = (i, none) => ({
  id: i,
  name: `user${i}`,
  score: i / 7 + 0.1,
  active: i % 2 === 0,
  parent: none,
  city: cities[i % 8],
  count: (i * 7) % 1000,
  ratio: i / 3 + 0.1,
  tag: `t${i % 100}`,
  flag: i % 3 === 0,
})
