package promcli_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promcli"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// result is what a command wrote.
type result struct {
	code     int
	out, err string
}

// run runs the command in this process.
func run(t *testing.T, repos []prom.AnyRepo, args ...string) result {
	t.Helper()
	return runIn(t, "", repos, args...)
}

// runIn runs the command with an input.
func runIn(t *testing.T, in string, repos []prom.AnyRepo, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	code := promcli.Run(context.Background(), promcli.Streams{In: strings.NewReader(in), Out: &out, Err: &errs}, args, repos...)
	return result{code, out.String(), errs.String()}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	r := run(t, nil, "--help")
	is.Equal(r.code, promcli.CodeDone)
	is.True(strings.Contains(r.out, "prom <command>")) // the help goes to the standard output
	r = run(t, nil, "pong")
	is.Equal(r.code, promcli.CodeUsage)
	is.Equal(r.out, "")
	is.True(strings.Contains(r.err, "ping")) // the command that was meant
	r = run(t, nil, "--json", "ping", "--dsn", "sqlite::memory:", "--on", "x")
	is.Equal(r.code, promcli.CodeUsage)
	is.True(strings.Contains(r.err, `"code":2`))
}
