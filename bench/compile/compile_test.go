//go:build unix

package main

import (
	"bytes"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"

	"github.com/matryer/is"
)

func TestMain(m *testing.M) {
	if log := os.Getenv(logVariable); log != "" {
		os.Exit(wrap(log, os.Args[1:]))
	}
	os.Exit(m.Run())
}

// Ensure that what is written is Go, with as many models as were asked for.
func TestSources(t *testing.T) {
	is := is.New(t)
	for _, l := range libraries {
		for _, source := range []string{l.models(3), l.program("example.test/models"), stores("example.test/models", 3), holder(""), holder("example.test/store")} {
			_, err := parser.ParseFile(token.NewFileSet(), "", source, parser.SkipObjectResolution)
			is.NoErr(err)
		}
		is.Equal(strings.Count(l.models(3), "\ntype Model"), 3)
	}
}

// Ensure that a build is measured: what the compiler used for the package of the models, and the sizes of programs.
func TestMeasure(t *testing.T) {
	is := is.New(t)
	b, err := newBuilder(t.Context())
	is.NoErr(err)
	defer b.remove()
	l := libraries[len(libraries)-1] // the one that is compiled fastest
	one, err := b.program(&l, 1)
	is.NoErr(err)
	many, err := b.program(&l, 30)
	is.NoErr(err)
	is.True(one.compile.cpu > 0 && one.compile.peak > 1<<20)
	is.True(many.all > many.compile.cpu) // the linker ran too
	is.True(many.size > one.size)
}

// Ensure that targets are told as missed and met.
func TestTargets(t *testing.T) {
	is := is.New(t)
	r := &report{models: 100, costs: []costs{{library: library{kind: withoutHandles}, cpu: 1 << 30, size: 6000}}}
	is.Equal(len(r.targets()), 3)
	missed := r.missed()
	is.Equal(len(missed), 1)
	is.Equal(missed[0].what, "CPU a model, no handle")
	var b bytes.Buffer
	r.write(&b)
	is.Equal(strings.Count(b.String(), "**behind**"), 1)
}
