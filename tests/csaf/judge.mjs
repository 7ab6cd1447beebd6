// judge.mjs FILE...: what the reference validator says of CSAF 2.0 documents: strict schema, mandatory, optional and informative tests.
// Prints "FILE valid" or "FILE invalid", then "FILE TEST errors|warnings|infos PLACE MESSAGE". Not run: what needs a network (6.3.6, 6.3.7) or a
// dictionary (6.3.8).
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import validate from '@secvisogram/csaf-validator-lib/validate.js'
import * as schema from '@secvisogram/csaf-validator-lib/schemaTests.js'
import * as mandatory from '@secvisogram/csaf-validator-lib/mandatoryTests.js'
import * as optional from '@secvisogram/csaf-validator-lib/optionalTests.js'
import * as informative from '@secvisogram/csaf-validator-lib/informativeTests.js'

const elsewhere = /_6_3_(6|7|8)$/
const tests = [schema.csaf_2_0_strict, ...Object.values(mandatory), ...Object.values(optional),
	...Object.entries(informative).filter(([name]) => !elsewhere.test(name)).map(([, test]) => test)]

for (const path of process.argv.slice(2)) {
	const result = await validate(tests, JSON.parse(readFileSync(path, 'utf8')))
	const name = basename(path)
	console.log(`${name} ${result.isValid ? 'valid' : 'invalid'}`)
	for (const test of result.tests)
		for (const kind of ['errors', 'warnings', 'infos'])
			for (const said of test[kind])
				console.log(`${name} ${test.name.replace(/^\w+Test_/, '').replaceAll('_', '.')} ${kind} ${said.instancePath} ${said.message}`)
}
