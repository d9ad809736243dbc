// Decides the requests of a workload file with MinIO's policy package, which reads IAM JSON itself.
package main

import (
	"strings"

	"github.com/minio/pkg/v3/policy"

	"writ/bench/peers/harness"
)

// MinIO knows a fixed list of condition keys, and no tags of principals. This one is an attribute of
// the user's token, is read in the same way, and may be tested with every action.
const minioKey = "jwt:name"

func main() {
	options := harness.Parse()
	work := harness.Load(options.File)
	key := harness.OnlyKey(work.PrefixStatements())
	document := strings.ReplaceAll(string(work.Document), `"`+key+`"`, `"`+minioKey+`"`)
	parsed, err := policy.ParseConfig(strings.NewReader(document))
	if err != nil {
		harness.GiveUp("%v", err)
	}
	arguments := make([]policy.Args, len(work.Requests))
	for i, request := range work.Requests {
		path, ok := strings.CutPrefix(request.Resource, "arn:aws:s3:::")
		bucket, object, isObject := strings.Cut(path, "/")
		if !ok || !isObject {
			harness.GiveUp("not an object: %s", request.Resource)
		}
		conditions := map[string][]string{}
		if value, found := request.Context[key]; found {
			conditions[strings.TrimPrefix(minioKey, "jwt:")] = []string{value}
		}
		arguments[i] = policy.Args{
			AccountName:     request.Principal,
			Action:          policy.Action(request.Action),
			BucketName:      bucket,
			ObjectName:      object,
			ConditionValues: conditions,
		}
	}
	version := harness.ModuleVersion("github.com/minio/pkg/v3")
	harness.Run("MinIO", "", version, work, options, func(i int) harness.Answer {
		if parsed.IsAllowed(arguments[i]) {
			return harness.Allowed
		}
		return harness.Denied
	})
}
