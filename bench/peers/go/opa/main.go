// Decides the requests of a workload file with OPA as a library.
package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"writ/bench/peers/harness"
)

// The policy over data: the statements are documents in the store.
const overData = `
package authz

default allow := false

allow if {
	not denied
	some statement in data.statements.allow
	matches(statement)
}

denied if {
	some statement in data.statements.deny
	matches(statement)
}

matches(statement) if {
	statement.action == input.action
	statement.value == input.context[statement.key]
	startswith(input.resource, statement.prefix)
}
`

// The policy as rules: one for each statement, of expressions that the rule index takes up. Without
// a Deny nothing has to be negated.
func asRules(statements []harness.Statement) string {
	var rules strings.Builder
	hasDeny := slices.ContainsFunc(statements, func(statement harness.Statement) bool { return statement.Deny })
	for _, statement := range statements {
		head := "allow"
		if statement.Deny {
			head = "denied"
		} else if hasDeny {
			head = "granted"
		}
		fmt.Fprintf(&rules, "\n%s if {\n\tinput.action == %q\n\tinput.context[%q] == %q\n\tstartswith(input.resource, %q)\n}\n",
			head, statement.Action, statement.Key, statement.Value, statement.Prefix)
	}
	text := "package authz\n\ndefault allow := false\n"
	if hasDeny {
		text += "\nallow if {\n\tnot denied\n\tgranted\n}\n"
	}
	return text + rules.String()
}

func dataOf(statements []harness.Statement) map[string]any {
	lists := map[bool][]any{false: {}, true: {}}
	for _, statement := range statements {
		lists[statement.Deny] = append(lists[statement.Deny], map[string]any{
			"action": statement.Action, "prefix": statement.Prefix, "key": statement.Key, "value": statement.Value,
		})
	}
	return map[string]any{"statements": map[string]any{"allow": lists[false], "deny": lists[true]}}
}

func main() {
	options := harness.Parse()
	work := harness.Load(options.File)
	statements := work.PrefixStatements()
	background := context.Background()

	module := overData
	data := map[string]any{}
	switch options.Form {
	case "", "data":
		options.Form = "data"
		data = dataOf(statements)
	case "rules":
		module = asRules(statements)
	default:
		harness.GiveUp("no such form: %s", options.Form)
	}
	// The store hands out the evaluator's own values: nothing is converted while deciding.
	store := inmem.NewFromObjectWithOpts(data, inmem.OptReturnASTValuesOnRead(true))
	query, err := rego.New(
		rego.Query("data.authz.allow"), rego.Module("authz.rego", module), rego.Store(store),
	).PrepareForEval(background)
	if err != nil {
		harness.GiveUp("%v", err)
	}
	transaction, err := store.NewTransaction(background, storage.TransactionParams{})
	if err != nil {
		harness.GiveUp("%v", err)
	}
	requests := make([][]rego.EvalOption, len(work.Requests))
	for i, request := range work.Requests {
		input, err := ast.InterfaceToValue(map[string]any{
			"action": request.Action, "resource": request.Resource, "context": request.Context,
		})
		if err != nil {
			harness.GiveUp("%v", err)
		}
		requests[i] = []rego.EvalOption{
			rego.EvalParsedInput(input), rego.EvalTransaction(transaction), rego.EvalMetrics(metrics.NoOp()),
		}
	}
	version := harness.ModuleVersion("github.com/open-policy-agent/opa")
	harness.Run("OPA", options.Form, version, work, options, func(i int) harness.Answer {
		results, err := query.Eval(background, requests[i]...)
		if err != nil {
			harness.GiveUp("%v", err)
		}
		if results.Allowed() {
			return harness.Allowed
		}
		return harness.Denied
	})
}
