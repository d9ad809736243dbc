// Runs files of authorization cases through the binding, as `writ check` does: `check FILE...` prints a
// line for each case that comes out otherwise than expected, and `N passed, N failed`.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

type authorizationCase struct {
	ID                     string
	Principal              json.RawMessage
	Action                 string
	Resource               string
	ResourceAccount        *string
	Context                map[string]json.RawMessage
	Identity               []json.RawMessage
	ResourcePolicy         json.RawMessage
	Boundary               []json.RawMessage
	Session                []json.RawMessage
	Endpoint               []json.RawMessage
	Scp                    [][]json.RawMessage
	Rcp                    [][]json.RawMessage
	RoleArn                *string
	Issuer                 *string
	ResourcePolicyRequired *bool
	Expect                 string
}

func add(policies *Policies, kind Kind, level int, name string, documents []json.RawMessage) error {
	var all []Document
	for i, document := range documents {
		all = append(all, Document{fmt.Sprintf("%s[%d]", name, i), string(document)})
	}
	return policies.Add(kind, uint32(level), all...)
}

func policiesOf(c *authorizationCase) (*Policies, error) {
	policies, err := NewPolicies()
	if err != nil {
		return nil, err
	}
	for _, layer := range []struct {
		kind      Kind
		name      string
		documents []json.RawMessage
	}{{IdentityBased, "identity", c.Identity}, {PermissionsBoundary, "boundary", c.Boundary},
		{Session, "session", c.Session}, {VpcEndpoint, "endpoint", c.Endpoint}} {
		// Absent is nil; present and empty is not.
		if layer.documents == nil {
			continue
		}
		if err := add(policies, layer.kind, 0, layer.name, layer.documents); err != nil {
			return nil, err
		}
	}
	for kind, levels := range map[Kind][][]json.RawMessage{ServiceControl: c.Scp, ResourceControl: c.Rcp} {
		for level, documents := range levels {
			if err := add(policies, kind, level, fmt.Sprintf("level %d", level), documents); err != nil {
				return nil, err
			}
		}
	}
	if len(c.ResourcePolicy) > 0 && !bytes.Equal(c.ResourcePolicy, []byte("null")) {
		kind := ResourceBased
		fields := strings.SplitN(c.Resource, ":", 6)
		if len(fields) == 6 && fields[2] == "iam" && strings.HasPrefix(fields[5], "role/") &&
			strings.HasPrefix(strings.ToLower(c.Action), "sts:") {
			kind = RoleTrust
		}
		if err := add(policies, kind, 0, "resourcePolicy", []json.RawMessage{c.ResourcePolicy}); err != nil {
			return nil, err
		}
	}
	return policies, nil
}

func requestOf(c *authorizationCase) (*Request, error) {
	q := Question{Action: c.Action, Resource: c.Resource, Context: map[string]any{}, RoleArn: c.RoleArn,
		Issuer: c.Issuer, ResourceAccount: c.ResourceAccount, ResourcePolicyRequired: c.ResourcePolicyRequired}
	var object map[string]string
	if len(c.Principal) > 0 && !bytes.Equal(c.Principal, []byte("null")) {
		if json.Unmarshal(c.Principal, &q.Caller) == nil {
			q.CallerKind = Arn
		} else if err := json.Unmarshal(c.Principal, &object); err != nil {
			return nil, err
		}
	}
	for name, kind := range map[string]CallerKind{"Service": Service, "Federated": Federated, "CanonicalUser": CanonicalUser} {
		if caller, there := object[name]; there {
			q.CallerKind, q.Caller = kind, caller
		}
	}
	for key, raw := range c.Context {
		var one string
		var many []string
		if json.Unmarshal(raw, &one) == nil {
			q.Context[key] = one
		} else if err := json.Unmarshal(raw, &many); err == nil {
			q.Context[key] = many
		} else {
			return nil, err
		}
	}
	return NewRequest(q)
}

func answer(c *authorizationCase) string {
	policies, err := policiesOf(c)
	if err != nil {
		return "error"
	}
	request, err := requestOf(c)
	if err != nil {
		return "error"
	}
	outcome := policies.Evaluate(request)
	explanation, err := policies.Explain(request)
	if err != nil || !strings.HasPrefix(explanation, `{"decision":"`+outcome+`"`) {
		return "another explanation than decision"
	}
	return outcome
}

func main() {
	passed, failed := 0, 0
	for _, path := range os.Args[1:] {
		text, err := os.ReadFile(path)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		for _, line := range bytes.Split(text, []byte("\n")) {
			if len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			c := authorizationCase{Resource: "*"}
			if err := json.Unmarshal(line, &c); err != nil {
				fmt.Fprintln(os.Stderr, path, err)
				os.Exit(2)
			}
			if got := answer(&c); got == c.Expect {
				passed++
			} else {
				failed++
				fmt.Printf("%s: expected %s, got %s\n", c.ID, c.Expect, got)
			}
		}
	}
	fmt.Printf("%d passed, %d failed\n", passed, failed)
	if failed != 0 || passed == 0 {
		os.Exit(1)
	}
}
