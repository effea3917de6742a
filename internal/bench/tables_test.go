//go:build linux

package bench_test

import (
	"bufio"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const seconds = 0.001 // from milliseconds

func schedulesTable(b *strings.Builder, r results) {
	fmt.Fprint(b, "| Own calls, s | AWS calls | `savings_schedule` | bare SDK | times as long | `for_each` | times as fast |\n"+
		"|---|--:|--:|--:|--:|--:|--:|\n")
	for _, work := range scheduleWorks {
		ours, bare, plain := r.of(work, oursName, "own calls"), r.of(work, bareSetsName, "own calls"), r.of(work, plainName, "own calls")
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s | %s |\n", work, grouped(median(r.of(work, oursName, "calls"))),
			spread(ours, seconds), spread(bare, seconds), spread(ratios(ours, bare), 1),
			spread(plain, seconds), spread(ratios(plain, ours), 1))
	}
	fmt.Fprint(b, "\n| The whole command, s | `savings_schedule` | `for_each` | times as fast | bare SDK |\n|---|--:|--:|--:|--:|\n")
	for _, work := range scheduleWorks {
		ours, plain := r.of(work, oursName, "whole command"), r.of(work, plainName, "whole command")
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", work, spread(ours, seconds), spread(plain, seconds),
			spread(ratios(plain, ours), 1), spread(r.of(work, bareSetsName, "whole command"), seconds))
	}
	fmt.Fprint(b, "\n| The whole command's CPU time, s | `savings_schedule` | `for_each` | times as little |\n|---|--:|--:|--:|\n")
	for _, work := range scheduleWorks {
		ours, plain := r.of(work, oursName, "CPU time"), r.of(work, plainName, "CPU time")
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", work, spread(ours, seconds), spread(plain, seconds), spread(ratios(plain, ours), 1))
	}
	fmt.Fprint(b, "\n| What the aim leaves, s | a fifth of `for_each` | OpenTofu's own CPU time |\n|---|--:|--:|\n")
	for _, work := range scheduleWorks {
		fmt.Fprintf(b, "| %s | %s | %s |\n", work, spread(r.of(work, plainName, "whole command"), seconds/5),
			spread(r.of(work, oursName, "OpenTofu's CPU time"), seconds))
	}
	fmt.Fprint(b, "\n| Lines printed | `savings_schedule` | `for_each` |\n|---|--:|--:|\n")
	for _, work := range []string{workChange, workCreate} {
		fmt.Fprintf(b, "| %s | %s | %s |\n", work, grouped(median(r.of(work, oursName, "lines printed"))),
			grouped(median(r.of(work, plainName, "lines printed"))))
	}
}

func plansTable(b *strings.Builder, r results) {
	fmt.Fprint(b, "| `tofu plan`, nothing changed | whole command, s | CPU time, s | of it the provider, s | "+
		"provider's peak memory, MiB |\n|---|--:|--:|--:|--:|\n")
	measures := []string{"whole command", "CPU time", "provider's CPU time"}
	n, medians := []float64{}, make([][]float64, len(measures))
	for _, events := range growth {
		work := planWork(events)
		n = append(n, float64(events))
		fmt.Fprintf(b, "| %s events |", grouped(float64(events)))
		for i, measure := range measures {
			values := r.of(work, "tofu", measure)
			medians[i] = append(medians[i], median(values))
			fmt.Fprintf(b, " %s |", spread(values, seconds))
		}
		fmt.Fprintf(b, " %s |\n", spread(r.of(work, "tofu", "provider's peak memory"), 1))
	}
	fmt.Fprint(b, "| slope, both axes logarithmic |")
	for i := range measures {
		fmt.Fprintf(b, " %.2f |", slope(n, medians[i]))
	}
	fmt.Fprint(b, " |\n| from 1,000 to 10,000 alone |")
	for i := range measures {
		fmt.Fprintf(b, " %.2f |", slope(n[1:], medians[i][1:]))
	}
	fmt.Fprint(b, " |\n\n| One changed event of 200 | whole command, s | CPU time, s | lines printed |\n|---|--:|--:|--:|\n")
	for _, tool := range []string{"tofu", "terraform"} {
		fmt.Fprintf(b, "| `%s plan` | %s | %s | %s |\n", tool, spread(r.of(workOneOf, tool, "whole command"), seconds),
			spread(r.of(workOneOf, tool, "CPU time"), seconds), grouped(median(r.of(workOneOf, tool, "lines printed"))))
	}
	fmt.Fprint(b, "\nWhere the provider's CPU time goes (pprof; the larger the box, the more):\n")
	for _, picture := range []struct{ name, what string }{
		{profilePlan, "Profile of a plan of %s unchanged events"},
		{profileApply, "Profile of an apply of %s new events"},
	} {
		events := grouped(median(r.of("picture", picture.name, "events")))
		fmt.Fprintf(b, "\n![%s](images/%s.svg)\n", fmt.Sprintf(picture.what, events), picture.name)
	}
}

func quotaTable(b *strings.Builder, r results) {
	fmt.Fprint(b, "| Work | took, s | the quota's own time, s | times | calls refused and sent again |\n|---|--:|--:|--:|--:|\n")
	for _, work := range quotaWorks {
		took, own := r.of(work, oursName, "own calls"), r.of(work, oursName, "the quota's own time")
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", work, spread(took, 1), spread(own, 1),
			spread(ratios(took, own), 1), spread(r.of(work, oursName, "refused calls"), 1))
	}
}

func reviewTable(b *strings.Builder, r results) {
	fmt.Fprint(b, "| `savings review --format` | whole command, ms | CPU time, ms | peak memory, MiB |\n|---|--:|--:|--:|\n")
	for _, format := range reviewFormats {
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", format, spread(r.of(workReview, format, "whole command"), 1),
			spread(r.of(workReview, format, "CPU time"), 1), spread(r.of(workReview, format, "peak memory"), 1))
	}
}

func runnerTable(b *strings.Builder, r results) {
	fmt.Fprint(b, "| The runner for linux/arm64, stripped | Bytes | At most |\n|---|--:|--:|\n")
	limits := map[string]string{"program": grouped(maxProgram), "program, gzip": grouped(maxPacked)}
	for _, what := range []string{"program", "program, gzip", "container image"} {
		fmt.Fprintf(b, "| %s | %s | %s |\n", what, grouped(median(r.of(workSize, what, "size"))), limits[what])
	}
	fmt.Fprint(b, "\n| From the process's start | to its AWS call, ms | to AWS's answer, ms | times the bare program | "+
		"peak memory, MiB |\n|---|--:|--:|--:|--:|\n")
	bare := median(r.of(workStart, bareName, "to AWS's answer"))
	for _, name := range []string{runnerName, savingsName, bareName, pythonName} {
		answer := r.of(workStart, name, "to AWS's answer")
		if len(answer) == 0 {
			fmt.Fprintf(b, "| %s | not on the PATH | | | |\n", name)
			continue
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", name, spread(r.of(workStart, name, "to its AWS call"), 1),
			spread(answer, 1), figure(median(answer)/bare), spread(r.of(workStart, name, "peak memory"), 1))
	}
	fmt.Fprint(b, "\n| One run | AWS calls | Time, ms |\n|---|--:|--:|\n")
	for _, f := range fleets() {
		fmt.Fprintf(b, "| %s | %s | %s |\n", f.name, grouped(median(r.of(workFleet, f.name, "AWS calls"))),
			spread(r.of(workFleet, f.name, "time"), 1))
	}
}

// benchmarkLine is a line of Go's benchmarks: its name, case and parser, and what it measured.
var benchmarkLine = regexp.MustCompile(
	`^Benchmark(Parse|Next)/([^/]+)/(\S+?)(?:-\d+)?\s+\d+\s+([\d.]+) ns/op\s+\d+ B/op\s+(\d+) allocs/op`)

// rivals are the columns of the table of expressions.
var rivals = []string{"awscron", "hashicorp/cronexpr", "robfig/cron", "adhocore/gronx"}

// readExpressions reads what Go's benchmarks printed; works are in their order.
func readExpressions(t *testing.T) (r results, works []string) {
	t.Helper()
	file, err := os.Open(rawPath(t, expressionsFile))
	if err != nil {
		t.Fatalf("there are no results of expressions (%v): run make bench", err)
	}
	defer file.Close()
	config := map[string]string{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		m := benchmarkLine.FindStringSubmatch(lines.Text())
		if m == nil {
			if key, value, ok := strings.Cut(lines.Text(), ": "); ok {
				config[key] = value
			}
			continue
		}
		work := m[1] + ", " + strings.ReplaceAll(m[2], "_", " ")
		if !slices.Contains(works, work) {
			works = append(works, work)
		}
		for i, measure := range []string{"ns", "allocations"} {
			value, err := strconv.ParseFloat(m[4+i], 64)
			if err != nil {
				t.Fatal(err)
			}
			r.add(work, m[3], measure, "", value)
		}
	}
	if err := lines.Err(); err != nil || len(works) == 0 {
		t.Fatalf("%s has no results: %v", expressionsFile, err)
	}
	r.Date, r.Machine, r.Load = config["date"], config["machine"], config["load-at-start"]
	r.Versions = []string{config["versions"]}
	return r, works
}

func expressionsTable(r results, works []string) string {
	var b strings.Builder
	b.WriteString("| ns, and allocations | " + strings.Join(rivals, " | ") + " |\n|---|" + strings.Repeat("--:|", len(rivals)) + "\n")
	for _, work := range works {
		fmt.Fprintf(&b, "| %s |", work)
		for _, name := range rivals {
			fmt.Fprintf(&b, " %s, %s |", spread(r.of(work, name, "ns"), 1), grouped(median(r.of(work, name, "allocations"))))
		}
		b.WriteString("\n")
	}
	return b.String()
}
