// Decides the requests of a workload file with Casbin.
package main

import (
	"strings"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"

	"writ/bench/peers/harness"
)

// The comparison that sorts out most stands first. A set without a Deny gets the effect that stops
// at the first Allow.
const modelText = `
[request_definition]
r = obj, act, tag

[policy_definition]
p = obj, act, tag, eft

[policy_effect]
e = EFFECT

[matchers]
m = r.tag == p.tag && r.act == p.act && keyMatch(r.obj, p.obj)
`

func main() {
	options := harness.Parse()
	work := harness.Load(options.File)
	statements := work.PrefixStatements()
	key := harness.OnlyKey(statements)
	effect := "some(where (p.eft == allow))"
	rules := make([][]string, len(statements))
	for i, statement := range statements {
		verdict := "allow"
		if statement.Deny {
			verdict = "deny"
			effect = "some(where (p.eft == allow)) && !some(where (p.eft == deny))"
		}
		rules[i] = []string{statement.Prefix + "*", statement.Action, statement.Value, verdict}
	}
	parsed, err := model.NewModelFromString(strings.Replace(modelText, "EFFECT", effect, 1))
	if err != nil {
		harness.GiveUp("%v", err)
	}
	enforcer, err := casbin.NewEnforcer(parsed)
	if err != nil {
		harness.GiveUp("%v", err)
	}
	if added, err := enforcer.AddPolicies(rules); err != nil || !added {
		harness.GiveUp("the rules were not added: %v", err)
	}
	requests := make([][]any, len(work.Requests))
	for i, request := range work.Requests {
		requests[i] = []any{request.Resource, request.Action, request.Context[key]}
	}
	version := harness.ModuleVersion("github.com/casbin/casbin/v2")
	harness.Run("Casbin", "", version, work, options, func(i int) harness.Answer {
		allowed, err := enforcer.Enforce(requests[i]...)
		if err != nil {
			harness.GiveUp("%v", err)
		}
		if allowed {
			return harness.Allowed
		}
		return harness.Denied
	})
}
