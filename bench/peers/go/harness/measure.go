package harness

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"runtime/debug"
	"slices"
	"time"
)

// Answer of an engine. Denied is for engines that do not tell an explicit deny from none.
type Answer uint8

// The answers.
const (
	Allowed Answer = iota
	ExplicitDeny
	ImplicitDeny
	Denied
)

func (answer Answer) agrees(expect string) bool {
	switch answer {
	case Allowed:
		return expect == "allowed"
	case ExplicitDeny:
		return expect == "explicitDeny"
	case ImplicitDeny:
		return expect == "implicitDeny"
	case Denied:
		return expect == "explicitDeny" || expect == "implicitDeny"
	}
	return false
}

// Options of a runner's command line.
type Options struct {
	File    string
	Form    string
	Seconds float64
}

// Parse reads the command line.
func Parse() Options {
	var options Options
	flag.StringVar(&options.Form, "form", "", "how the policy is written")
	flag.Float64Var(&options.Seconds, "seconds", 5, "how long to measure, about")
	flag.Parse()
	options.File = flag.Arg(0)
	if options.File == "" {
		GiveUp("usage: [-form FORM] [-seconds S] WORKLOAD")
	}
	return options
}

// ModuleVersion is the version of a module that this program is built with.
func ModuleVersion(module string) string {
	info, _ := debug.ReadBuildInfo()
	for _, dependency := range info.Deps {
		if dependency.Path == module {
			return dependency.Version
		}
	}
	return "unknown"
}

type line struct {
	Peer       string   `json:"peer"`
	Form       string   `json:"form,omitempty"`
	Version    string   `json:"version"`
	Family     string   `json:"family"`
	Variant    string   `json:"variant"`
	Statements int      `json:"statements"`
	Requests   int      `json:"requests"`
	NotAllowed int      `json:"not_allowed"`
	Passes     int      `json:"passes,omitempty"`
	Mean       *float64 `json:"mean_ns,omitempty"`
	P50        *float64 `json:"p50_ns,omitempty"`
	P99        *float64 `json:"p99_ns,omitempty"`
	Wrong      int      `json:"wrong"`
}

func percentile(values []float64, share float64) *float64 {
	slices.Sort(values)
	rank := int(share * float64(len(values)))
	if float64(rank) < share*float64(len(values)) {
		rank++
	}
	return &values[min(max(rank, 1), len(values))-1]
}

// Warms up, and tells what a decision takes, in seconds.
func estimate(count int, seconds float64, decide func(i int) Answer) float64 {
	share := time.Duration(seconds * 0.05 * float64(time.Second))
	start := time.Now()
	for calls := 0; time.Since(start) < share || calls < 64; calls++ {
		decide(calls % count)
	}
	start = time.Now()
	calls := 0
	for ; time.Since(start) < share || calls < 16; calls++ {
		decide(calls * 61 % count)
	}
	return time.Since(start).Seconds() / float64(calls)
}

// Run checks `decide` against what is expected, measures it and prints a line; without times, and
// ending with 1, when an answer is wrong.
func Run(peer, form, version string, work *Workload, options Options, decide func(i int) Answer) {
	affordable := options.Seconds / estimate(len(work.Requests), options.Seconds, decide)
	chosen := min(len(work.Requests), max(int(affordable/20), 128))
	passes := min(max(int(affordable/float64(chosen)*0.75), 3), 15)

	result := line{
		Peer: peer, Form: form, Version: version, Family: work.Family, Variant: work.Variant,
		Statements: work.Statements, Requests: chosen,
	}
	for i := range chosen {
		if !decide(i).agrees(work.Requests[i].Expect) {
			result.Wrong++
		}
		if work.Requests[i].Expect != "allowed" {
			result.NotAllowed++
		}
	}
	if result.Wrong == 0 {
		result.Passes = passes
		measure(&result, decide)
	}
	text, err := json.Marshal(result)
	if err != nil {
		GiveUp("%v", err)
	}
	fmt.Println(string(text))
	if result.Wrong != 0 {
		os.Exit(1)
	}
}

func measure(result *line, decide func(i int) Answer) {
	timer := time.Duration(1 << 62)
	for range 100000 {
		start := time.Now()
		timer = min(timer, time.Since(start))
	}
	order := make([]int, result.Requests)
	for i := range order {
		order[i] = i
	}
	random := rand.New(rand.NewSource(int64(result.Requests)))
	shuffle := func() {
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	var means []float64
	for range result.Passes / 3 {
		shuffle()
		start := time.Now()
		for _, i := range order {
			decide(i)
		}
		means = append(means, float64(time.Since(start).Nanoseconds())/float64(len(order)))
	}
	result.Mean = percentile(means, 0.5)
	least := make([]float64, len(order))
	for pass := range result.Passes {
		shuffle()
		for _, i := range order {
			start := time.Now()
			decide(i)
			taken := float64(max(time.Since(start)-timer, 0).Nanoseconds())
			if pass == 0 || taken < least[i] {
				least[i] = taken
			}
		}
	}
	result.P50 = percentile(least, 0.5)
	result.P99 = percentile(least, 0.99)
}
