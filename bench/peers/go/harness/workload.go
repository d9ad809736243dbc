// Package harness reads workload files, checks answers and measures, by the protocol of ../../README.md.
package harness

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// Request is one line of the workload.
type Request struct {
	Principal string            `json:"principal"`
	Action    string            `json:"action"`
	Resource  string            `json:"resource"`
	Context   map[string]string `json:"context"`
	Expect    string            `json:"expect"`
}

// Workload is a file: one identity document and the requests.
type Workload struct {
	Family     string
	Variant    string
	Statements int
	Document   json.RawMessage
	Requests   []Request
}

// Statement has the one shape that is translated: one action, one literal prefix, one StringEquals.
type Statement struct {
	Deny   bool
	Action string
	Prefix string
	Key    string
	Value  string
}

// GiveUp prints and ends the program.
func GiveUp(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", arguments...)
	os.Exit(2)
}

// Load reads a workload or gives up.
func Load(file string) *Workload {
	handle, err := os.Open(file)
	if err != nil {
		GiveUp("%v", err)
	}
	defer handle.Close()
	reader := bufio.NewScanner(handle)
	reader.Buffer(nil, 1<<30)
	var header struct {
		Family     string `json:"family"`
		Variant    string `json:"variant"`
		Statements int    `json:"statements"`
		Policies   []struct {
			Type     string          `json:"type"`
			Document json.RawMessage `json:"document"`
		} `json:"policies"`
	}
	if !reader.Scan() {
		GiveUp("%s: empty", file)
	}
	if err := json.Unmarshal(reader.Bytes(), &header); err != nil {
		GiveUp("%s: %v", file, err)
	}
	if len(header.Policies) != 1 || header.Policies[0].Type != "identity" {
		GiveUp("%s: not one identity policy", file)
	}
	work := &Workload{
		Family: header.Family, Variant: header.Variant, Statements: header.Statements,
		Document: header.Policies[0].Document,
	}
	for reader.Scan() {
		var request Request
		if err := json.Unmarshal(reader.Bytes(), &request); err != nil {
			GiveUp("%s: %v", file, err)
		}
		work.Requests = append(work.Requests, request)
	}
	if err := reader.Err(); err != nil || len(work.Requests) == 0 {
		GiveUp("%s: no requests (%v)", file, err)
	}
	return work
}

// PrefixStatements are the document's statements. Gives up on whatever else a statement may say.
func (work *Workload) PrefixStatements() []Statement {
	var document struct {
		Version   string
		Statement []struct {
			Effect    string
			Action    string
			Resource  string
			Condition map[string]map[string]string
		}
	}
	decoder := json.NewDecoder(strings.NewReader(string(work.Document)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&document); err != nil {
		GiveUp("not translated: %v", err)
	}
	var statements []Statement
	for _, from := range document.Statement {
		prefix, isPrefix := strings.CutSuffix(from.Resource, "*")
		test := from.Condition["StringEquals"]
		if !isPrefix || len(from.Condition) != 1 || len(test) != 1 ||
			(from.Effect != "Allow" && from.Effect != "Deny") {
			GiveUp("not translated: %v", from)
		}
		for key, value := range test {
			if strings.ContainsAny(from.Action+prefix+value, "*?$") {
				GiveUp("not translated: %v", from)
			}
			statements = append(statements, Statement{from.Effect == "Deny", from.Action, prefix, key, value})
		}
	}
	return statements
}

// OnlyKey is the condition key that all statements test.
func OnlyKey(statements []Statement) string {
	for _, statement := range statements {
		if statement.Key != statements[0].Key {
			GiveUp("more than one condition key")
		}
	}
	return statements[0].Key
}
