import { expect, test } from 'vitest'
import { readExposition } from '../stack/exposition.ts'

test('samples are read with their labels unescaped, comments are passed over', () => {
  const text =
    '# HELP a_total Things\n# TYPE a_total counter\na_total{path="C:\\\\x",say="\\"{}, a=b\\""} 3\nb 0.5\nc_bucket{le="+Inf"} 7 1700000000000\n'
  expect(readExposition(text)).toEqual([
    { name: 'a_total', labels: { path: 'C:\\x', say: '"{}, a=b"' }, value: 3 },
    { name: 'b', labels: {}, value: 0.5 },
    { name: 'c_bucket', labels: { le: '+Inf' }, value: 7 },
  ])
})
