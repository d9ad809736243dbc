// Decides the requests of a workload file with iam-simulate, by the protocol of ../README.md.
import { createValidatedPolicy, validateIdentityPolicy } from '@cloud-copilot/iam-policy'
import { runUnsafeSimulation } from '@cloud-copilot/iam-simulate'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { dirname, join } from 'node:path'

const kAnswers = { Allowed: 'allowed', ExplicitlyDenied: 'explicitDeny', ImplicitlyDenied: 'implicitDeny' }

function giveUp(why) {
  console.error(`iam-simulate: ${why}`)
  process.exit(2)
}

function versionOf(name) {
  const here = dirname(fileURLToPath(import.meta.url))
  return JSON.parse(readFileSync(join(here, 'node_modules', name, 'package.json'), 'utf8')).version
}

let seconds = 5
let file
for (let i = 2; i < process.argv.length; ++i) {
  if (process.argv[i] === '--seconds') seconds = Number(process.argv[++i])
  else file = process.argv[i]
}
if (!file) giveUp('usage: run.mjs [--seconds S] WORKLOAD')

const [header, ...requests] = readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line))
if (header.policies.some(({ type }) => type !== 'identity')) giveUp('not only identity policies')
const identityPolicies = header.policies.map(({ name, document }) => {
  const policy = createValidatedPolicy(document, validateIdentityPolicy, { name })
  if (policy.errors.length !== 0) giveUp(JSON.stringify(policy.errors))
  return { name, policy }
})
const simulations = requests.map(({ principal, action, resource, context }) => ({
  // The objects are the user's own account's.
  request: { principal, action, resource: { resource, accountId: principal.split(':')[4] }, contextVariables: context },
  identityPolicies,
  serviceControlPolicies: [],
  resourceControlPolicies: []
}))

const decide = (i) => kAnswers[runUnsafeSimulation(simulations[i], {})]
const now = () => process.hrtime.bigint()
const since = (start) => Number(process.hrtime.bigint() - start)

function shuffle(order) {
  for (let i = order.length - 1; i > 0; --i) {
    const j = Math.floor(Math.random() * (i + 1))
    ;[order[i], order[j]] = [order[j], order[i]]
  }
}

function percentile(values, share) {
  values.sort((a, b) => a - b)
  return values[Math.max(1, Math.ceil(share * values.length)) - 1]
}

// Warms up, and tells what a decision takes.
function estimate(count) {
  let calls = 0
  let start = now()
  while (since(start) < seconds * 5e7 || calls < 64) decide(calls++ % count)
  start = now()
  for (calls = 0; since(start) < seconds * 5e7 || calls < 16; ++calls) decide((calls * 61) % count)
  return since(start) / calls / 1e9
}

const affordable = seconds / estimate(requests.length)
const chosen = Math.min(requests.length, Math.max(Math.floor(affordable / 20), 128))
const passes = Math.min(Math.max(Math.floor((affordable / chosen) * 0.75), 3), 15)
const checked = requests.slice(0, chosen)
const result = {
  peer: 'iam-simulate',
  version: versionOf('@cloud-copilot/iam-simulate'),
  family: header.family,
  variant: header.variant,
  statements: header.statements,
  requests: chosen,
  not_allowed: checked.filter(({ expect }) => expect !== 'allowed').length,
  wrong: checked.filter(({ expect }, i) => decide(i) !== expect).length
}
if (result.wrong === 0) {
  let timer = Infinity
  for (let i = 0; i < 100000; ++i) timer = Math.min(timer, since(now()))
  const order = checked.map((_, i) => i)
  const means = []
  for (let round = 0; round < Math.floor(passes / 3); ++round) {
    shuffle(order)
    const start = now()
    for (const i of order) decide(i)
    means.push(since(start) / chosen)
  }
  const least = new Float64Array(chosen).fill(Infinity)
  for (let pass = 0; pass < passes; ++pass) {
    shuffle(order)
    for (const i of order) {
      const start = now()
      decide(i)
      least[i] = Math.min(least[i], Math.max(since(start) - timer, 0))
    }
  }
  result.passes = passes
  result.mean_ns = percentile(means, 0.5)
  result.p50_ns = percentile(least, 0.5)
  result.p99_ns = percentile(least, 0.99)
}
console.log(JSON.stringify(result))
process.exitCode = result.wrong === 0 ? 0 : 1
