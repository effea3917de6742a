// Reads verdicts, one JSON object a line, has them judged again, and prints where the judges differ.
import { readFileSync } from 'node:fs'
import { runSimulation } from '@cloud-copilot/iam-simulate'

const account = '123456789012'
const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
// A key is for those whom its own policy names; ours leaves it to the account's policies.
const keyPolicy = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' }]
}
const named = (documents) => documents.map((d, i) => ({ name: `p${i}`, policy: JSON.parse(d) }))

// AWS judges a list of schedules on all of them, where the reference, and so the simulator, knows no
// resource.
const judgedOn = (v) => v.Action === 'scheduler:ListSchedules' ? '*' : v.Resource

const lines = readFileSync(0, 'utf8').split('\n').filter(Boolean)
const counts = {}
let different = 0
for (const line of lines) {
  const v = JSON.parse(line)
  const context = {}
  for (const [key, values] of Object.entries(v.Context ?? {})) {
    context[key] = key === 'aws:TagKeys' ? values : values[0]
  }
  const simulation = {
    request: {
      principal: `arn:aws:iam::${account}:role/tested`,
      action: v.Action,
      resource: { resource: judgedOn(v), accountId: v.Resource.split(':')[4] || account },
      contextVariables: context
    },
    identityPolicies: named(v.Policies ?? []),
    serviceControlPolicies: [{ orgIdentifier: 'o-1', policies: [{ name: 'all', policy: everything }] }],
    resourceControlPolicies: []
  }
  if (v.Boundary) simulation.permissionBoundaryPolicies = named([v.Boundary])
  if (v.Action.startsWith('kms:')) simulation.resourcePolicy = keyPolicy
  const result = await runSimulation(simulation, {})
  const verdict = result.resultType === 'error' ? JSON.stringify(result.errors) : result.overallResult
  counts[verdict] = (counts[verdict] ?? 0) + 1
  if ((verdict === 'Allowed') !== v.Allowed || result.resultType === 'error') {
    different++
    console.log(`${v.Action} on ${v.Resource}: ${v.Allowed ? 'allowed' : 'denied'} here, there ${verdict}: ${line}`)
  }
}
console.log(counts)
process.exit(different === 0 ? 0 : 1)
