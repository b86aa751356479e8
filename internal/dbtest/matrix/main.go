// Matrix runs the tests of packages on several versions of PostgreSQL, and prints a line for each version.
//
//	go run ./internal/dbtest/matrix [-run pattern] [-timeout d] [-versions "13 18"] packages
//
// The binaries come from the npm registry, see package servers. The packages are compiled once. Their tests run on
// PostgreSQL alone: [dbtest.Each] and [dbtest.EachMode] leave SQLite out.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prom-go/prom/internal/dbtest/servers"
)

// envEngine is the variable of package dbtest that leaves the other engine out.
const envEngine = "PROM_TEST_ENGINE=postgres"

func main() {
	var o options
	versions := flag.String("versions", "13 14 15 16 17 18", "the major `versions` of PostgreSQL")
	flag.StringVar(&o.run, "run", "", "run the tests that match the `pattern`")
	flag.DurationVar(&o.timeout, "timeout", 25*time.Minute, "the time that the tests of a package may take")
	flag.Parse()
	o.packages = flag.Args()
	for text := range strings.FieldsSeq(*versions) {
		v, err := strconv.Atoi(text)
		if err != nil {
			fail(err)
		}
		o.versions = append(o.versions, v)
	}
	ok, err := matrix(context.Background(), os.Stdout, o)
	if err != nil {
		fail(err)
	}
	if !ok {
		os.Exit(1)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "matrix:", err)
	os.Exit(2)
}

type options struct {
	versions []int
	packages []string
	run      string
	timeout  time.Duration
}

// result is what the tests of one version came to.
type result struct {
	server                  string // as in "PostgreSQL 16.14"
	passed, failed, skipped int
	seconds                 float64
}

// matrix runs the tests on each version, prints what failed and at the end a line for each version, and reports whether
// all tests passed and there were any.
func matrix(ctx context.Context, w io.Writer, o options) (bool, error) {
	folder, err := os.MkdirTemp("", "prom-matrix-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(folder)
	tests, err := compile(ctx, folder, o.packages)
	if err != nil {
		return false, err
	}
	var results []result
	for _, v := range o.versions {
		bin, err := servers.Fetch(ctx, v)
		if err != nil {
			return false, err
		}
		r, err := runAll(ctx, w, bin, tests, o)
		if err != nil {
			return false, err
		}
		results = append(results, r)
	}
	ok := true
	for _, r := range results {
		fmt.Fprintf(w, "%s: %d tests run, %d failed, %d left out, %.0f s\n",
			r.server, r.passed+r.failed, r.failed, r.skipped, r.seconds)
		ok = ok && r.failed == 0 && r.passed > 0
	}
	return ok, nil
}

// compile compiles the tests of packages, and returns the folder of each package by the file of its tests.
func compile(ctx context.Context, folder string, packages []string) (map[string]string, error) {
	const form = "{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}} {{.Dir}}{{end}}"
	out, err := goTool(ctx, append([]string{"list", "-f", form}, packages...)...)
	if err != nil {
		return nil, err
	}
	tests := map[string]string{}
	for line := range strings.Lines(out) {
		path, dir, _ := strings.Cut(strings.TrimSpace(line), " ")
		if dir == "" {
			continue
		}
		file := filepath.Join(folder, strings.ReplaceAll(path, "/", "_")+".test")
		if _, err := goTool(ctx, "test", "-c", "-vet=off", "-o", file, path); err != nil {
			return nil, err
		}
		tests[file] = dir
	}
	if len(tests) == 0 {
		return nil, errors.New("there are no tests in " + strings.Join(packages, " "))
	}
	return tests, nil
}

// goTool returns what the go command prints.
func goTool(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("go %s: %w", args[0], err)
	}
	return string(out), err
}

// runAll runs all tests on the server whose binaries are in a folder.
func runAll(ctx context.Context, w io.Writer, bin string, tests map[string]string, o options) (result, error) {
	out, err := exec.CommandContext(ctx, filepath.Join(bin, "postgres"), "--version").Output()
	if err != nil {
		return result{}, err
	}
	_, version, _ := strings.Cut(strings.TrimSpace(string(out)), ") ") // postgres (PostgreSQL) 16.14
	r := result{server: "PostgreSQL " + version}
	fmt.Fprintf(w, "== %s\n", r.server)
	begin := time.Now()
	for _, file := range slices.Sorted(maps.Keys(tests)) {
		cmd := exec.CommandContext(ctx, "go", "tool", "test2json", file, "-test.v=test2json", "-test.count=1",
			"-test.run="+o.run, "-test.timeout="+o.timeout.String())
		cmd.Dir = tests[file]
		cmd.Env = append(os.Environ(), servers.EnvPostgres+"=", servers.EnvBin+"="+bin, envEngine)
		cmd.Stderr = os.Stderr
		events, err := cmd.StdoutPipe()
		if err != nil {
			return result{}, err
		}
		if err := cmd.Start(); err != nil {
			return result{}, err
		}
		failed := r.failed
		err = r.count(w, events)
		waitErr := cmd.Wait()
		switch {
		case err != nil:
			return result{}, err
		case waitErr != nil && r.failed == failed: // a panic, a goroutine that is left over, the time limit
			r.failed++
			fmt.Fprintf(w, "%s: %v\n", filepath.Base(file), waitErr)
		}
	}
	r.seconds = time.Since(begin).Seconds()
	return r, nil
}

// event is a line of go tool test2json.
type event struct {
	Action string `json:"action"`
	Test   string `json:"test"`
	Output string `json:"output"`
}

// count counts the outcomes among the events of one package. It writes what the tests that failed have printed, and
// what belongs to no test.
func (r *result) count(w io.Writer, events io.Reader) error {
	printed := map[string]*strings.Builder{}
	for in := json.NewDecoder(events); ; {
		var e event
		if err := in.Decode(&e); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if e.Action == "output" {
			if printed[e.Test] == nil {
				printed[e.Test] = &strings.Builder{}
			}
			printed[e.Test].WriteString(e.Output)
			continue
		}
		b := printed[e.Test]
		if e.Action == "fail" && b != nil {
			fmt.Fprint(w, b.String())
		}
		switch e.Action {
		case "pass", "skip", "fail":
			delete(printed, e.Test)
		}
		switch {
		case e.Test == "":
		case e.Action == "pass":
			r.passed++
		case e.Action == "skip":
			r.skipped++
		case e.Action == "fail":
			r.failed++
		}
	}
}
