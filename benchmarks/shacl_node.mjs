// Validates graphs with rdf-validate-shacl or shacl-engine, each for itself.
//
// Arguments: the engine, the shapes in Turtle, the graphs as N-Triples with a line "#" after each, and how many go
// before the timing starts. Prints the verdicts, and the mean CPU time and the median of the clock in microseconds,
// parsing included.

import { readFileSync } from 'node:fs'
import rdf from '@zazuko/env'
import { Parser } from 'n3'

const [, , engine, shapesFile, graphsFile, warmText] = process.argv
const warm = Number(warmText)

function dataset (text, format) {
  return rdf.dataset(new Parser({ format, factory: rdf }).parse(text))
}

async function validatorOf (shapes) {
  if (engine === 'shacl-engine') {
    const { Validator } = await import('shacl-engine')
    const validator = new Validator(shapes, { factory: rdf })
    return data => validator.validate({ dataset: data })
  }
  const { default: Validator } = await import('rdf-validate-shacl')
  const validator = new Validator(shapes, { factory: rdf })
  return data => validator.validate(data)
}

const validate = await validatorOf(dataset(readFileSync(shapesFile, 'utf8'), 'text/turtle'))
const graphs = readFileSync(graphsFile, 'utf8').split('\n#\n').filter(Boolean)
const verdicts = []
const clock = []
let before = process.cpuUsage()
for (const [at, text] of graphs.entries()) {
  if (at === warm) before = process.cpuUsage()
  const began = performance.now()
  const report = await validate(dataset(text, 'application/n-triples'))
  if (at >= warm) clock.push((performance.now() - began) * 1000)
  verdicts.push(report.conforms)
}
const spent = process.cpuUsage(before)
clock.sort((a, b) => a - b)
console.log(JSON.stringify({
  verdicts,
  cpu_us: (spent.user + spent.system) / clock.length,
  median_us: clock[Math.floor(clock.length / 2)]
}))
