//go:build unix

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// report is what was measured.
type report struct {
	models, rounds int
	costs          []costs
	hold           time.Duration
}

// target is a bound.
type target struct {
	what  string
	is    float64
	bound float64
	unit  string
}

// targets are the bounds that prom is held to, and what was measured.
func (r *report) targets() (all []target) {
	for _, c := range r.costs {
		switch c.kind {
		case withHandles:
			all = append(all,
				target{"CPU a model, five handles", c.cpu.Seconds(), 0.20, "s"},
				target{"binary a model, five handles", float64(c.size) / 1000, 16, "KB"},
				target{"compiler's peak memory, 100 models", float64(c.peak) / 1e9, 1.0, "GB"},
				target{"a program with one model", float64(c.single) / 1e6, 20, "MB"})
		case withoutHandles:
			all = append(all,
				target{"CPU a model, no handle", c.cpu.Seconds(), 0.09, "s"},
				target{"binary a model, no handle", float64(c.size) / 1000, 7, "KB"})
		}
	}
	return append(all, target{"CPU a repository that a package holds", r.hold.Seconds(), 0.08, "s"})
}

// missed are the targets that were not reached.
func (r *report) missed() (missed []target) {
	for _, t := range r.targets() {
		if t.is > t.bound {
			missed = append(missed, t)
		}
	}
	return missed
}

// write writes the tables.
func (r *report) write(w io.Writer) {
	fmt.Fprintf(w, "From 1 to %d models of six fields beside key and times, each with a create, a get, an update, a list and a delete; the median of %d; %s, %s/%s.\n\n",
		r.models, r.rounds, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	fmt.Fprintf(w, "| library | CPU a model | binary a model | peak memory, %[1]d models | edit to binary, %[1]d models | program with one model |\n|---|---|---|---|---|---|\n", r.models)
	for _, c := range r.costs {
		fmt.Fprintf(w, "| %s | %.3f s | %.1f KB | %.2f GB | %.1f s of CPU | %.1f MB |\n",
			c.name, c.cpu.Seconds(), float64(c.size)/1000, float64(c.peak)/1e9, c.edit.Seconds(), float64(c.single)/1e6)
	}
	fmt.Fprintf(w, "\nA package that holds a struct of %d repositories costs %.3f s of CPU more for each of them than one that holds an interface.\n\n", held, r.hold.Seconds())
	fmt.Fprintf(w, "| target | bound | measured | |\n|---|---|---|---|\n")
	for _, t := range r.targets() {
		verdict := "met"
		if t.is > t.bound {
			verdict = "**behind**"
		}
		fmt.Fprintf(w, "| %s | %g %s | %.3g %s | %s |\n", t.what, t.bound, t.unit, t.is, t.unit, verdict)
	}
}

// What stands between the markers of docs/benchmarks.md is written by this program.
const (
	beginMark = "<!-- compile: begin -->\n"
	endMark   = "<!-- compile: end -->\n"
)

// renew writes the tables into the page on benchmarks.
func (r *report) renew(dir string) error {
	page := filepath.Join(dir, "benchmarks.md")
	old, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, ok := bytes.Cut(old, []byte(beginMark))
	_, after, ok2 := bytes.Cut(rest, []byte(endMark))
	if !ok || !ok2 {
		return fmt.Errorf("%s lacks the markers of this program", page)
	}
	var b bytes.Buffer
	b.Write(before)
	b.WriteString(beginMark + "\n")
	r.write(&b)
	b.WriteString("\n" + endMark)
	b.Write(after)
	return os.WriteFile(page, b.Bytes(), 0o644)
}
