package differential_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/prom-go/prom/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

const (
	envSeed    = "PROM_TEST_SEED"    // of a run to repeat
	envQueries = "PROM_DIFFERENTIAL" // how many
	ordinary   = 1000
	full       = 100_000 // at the full size of the suites
	querySize  = 400     // bytes that a query is made of
	dataSize   = 20_000  // and all rows
)

func number(t *testing.T, env string, otherwise uint64) uint64 {
	t.Helper()
	s := os.Getenv(env)
	if s == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", env, err)
	}
	return n
}

// engines are the worlds that a query is asked in.
type engines struct{ lite, postgres *world }

// Ensure that random queries find the same rows on both engines as a reading of the same queries in Go does.
// suite: 31
func TestDifferential(t *testing.T) {
	t.Parallel()
	queries, seed := number(t, envQueries, uint64(dbtest.Size(ordinary, full))), uint64(1)
	if queries != ordinary { // the ordinary run is the same each time
		seed = uint64(time.Now().UnixNano())
	}
	seed = number(t, envSeed, seed)
	postgres := dbtest.Postgres(t) + "&jit=off" // compiling a query that runs once would take two thirds of the time
	e := engines{open(t, dbtest.SQLite(t), newSource(seed, 0, dataSize)), open(t, postgres, newSource(seed, 0, dataSize))}
	forms, failures := map[string]int{}, 0
	for i := range queries {
		s := newSource(seed, i+1, querySize)
		form, failure := e.check(s.bytes)
		forms[form]++
		if failure == "" {
			continue
		}
		bytes, failure := e.shrunk(s.bytes, failure)
		t.Errorf("query %d, %d bytes after shrinking: %s", i, len(bytes), failure)
		if failures++; failures == 5 {
			break
		}
	}
	dbtest.Reportf(t, 31, "%d queries of %d forms, %s=%d", queries, len(forms), envSeed, seed)
	fmt.Printf("differential: %d queries on both engines: %v; %s=%d\n", queries, forms, envSeed, seed)
}

// check asks the query that bytes make on both engines. It returns its form and what is wrong.
func (e engines) check(bytes []byte) (form, failure string) {
	var want [][]any
	for i, w := range []*world{e.lite, e.postgres} {
		q := ask(w.with(&source{bytes: bytes}))
		if i == 0 {
			want = q.want()
		}
		if failure = q.check(want); failure != "" {
			text := ""
			for j, w := range []*world{e.lite, e.postgres} {
				sql, args, err := ask(w.with(&source{bytes: bytes})).sql()
				text += fmt.Sprintf("%s: %s\n%v %v\n", []string{dbtest.NameSQLite, dbtest.NamePostgres}[j], sql, args, err)
			}
			return q.form, fmt.Sprintf("%s on %s: %s\n%s", q.form, []string{dbtest.NameSQLite, dbtest.NamePostgres}[i], failure,
				text)
		}
		form = q.form
	}
	return form, ""
}

func (q question) check(want [][]any) string {
	ctx := context.Background()
	got, err := q.all(ctx)
	if err != nil {
		return err.Error()
	}
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || !slices.EqualFunc(got[i], want[i], same) {
			return fmt.Sprintf("%d rows, not %d; from row %d on %#v, not %#v", len(got), len(want), i, got[min(i, len(got)):],
				want[min(i, len(want)):])
		}
	}
	if n, err := q.count(ctx); err != nil || n != len(want) {
		return fmt.Sprintf("the count is %d, not %d: %v", n, len(want), err)
	}
	return ""
}

// shrunk looks for a shorter query that fails: with fewer bytes, or with one byte that is 0.
func (e engines) shrunk(bytes []byte, failure string) ([]byte, string) {
	for n := len(bytes) / 2; n > 0; n /= 2 {
		for len(bytes) > n {
			_, f := e.check(bytes[:len(bytes)-n])
			if f == "" {
				break
			}
			bytes, failure = bytes[:len(bytes)-n], f
		}
	}
	for i := range bytes {
		if bytes[i] == 0 {
			continue
		}
		fewer := slices.Clone(bytes)
		fewer[i] = 0
		if _, f := e.check(fewer); f != "" {
			bytes, failure = fewer, f
		}
	}
	return bytes, failure
}
