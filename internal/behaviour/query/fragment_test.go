package query_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/Masterminds/squirrel"
	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that SQL inside a typed query names columns by their handles, wherever it is used.
func TestFragment_Handles(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		s := newWorkshop(t, e.DSN)
		shout := prom.RawExpr[string](worker, "upper(?) || ?", WorkerName, "!")
		is.Equal(s.names(t, shout.Eq("W3!")), "[w3]")
		is.Equal(s.names(t, prom.Raw(worker, "length(?) = ? AND ? IS NOT NULL", WorkerName, 2, WorkerCity)),
			"[w0 w2 w3 w5 w6 w7]")
		is.Equal(s.names(t, prom.Sqlizer(worker, squirrel.Expr("? IN (?, ?)", WorkerName, "w1", "w2"))), "[w1 w2]")
		id, err := prom.FieldByName(s.workers, "name")
		is.NoErr(err)
		is.Equal(s.names(t, prom.Raw(worker, "? = 'w1?' OR ? = ?", id, id, "w5")), "[w5]")

		// In queries that read the table twice.
		boss := prom.Via(WorkerBoss, shout)
		is.Equal(s.names(t, boss.Eq("W3!")), "[w4 w5 w6]")
		is.Equal(s.names(t, prom.Via(WorkerBoss, prom.Via(WorkerBoss, shout)).Eq("W0!"), shout.Ne("W4!")), "[w5 w6]")
		is.Equal(s.names(t, WorkerBoss.Has(prom.Raw(worker, "? = 'w3'", WorkerName)), shout.Gt("W4!")), "[w5 w6]")
		pairs, err := prom.Pluck2(s.workers.Where(WorkerBoss.NotNull()), shout, boss).OrderBy(boss.Desc(),
			shout.Asc()).Limit(2).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(pairs), "[{W4! W3!} {W5! W3!}]")
		tools, err := prom.Pluck(s.tools.Where(prom.Via(ToolOwner, prom.RawExpr[int](worker, "? + ?", WorkerAge, 1)).Eq(22)),
			ToolKind).Count(ctx)
		is.NoErr(err)
		is.Equal(tools, 2) // of w1 and w4

		// Other terms, and what is computed from groups.
		is.Equal(s.names(t, prom.Raw(worker, "? BETWEEN ? AND ?", prom.Times(WorkerAge, num(2)), 41,
			prom.Plus(WorkerAge, num(21)))), "[w1 w4 w7]")
		is.Equal(s.names(t, prom.Raw(worker, "? = ?", prom.Via(WorkerBoss, WorkerName), "w3")), "[w4 w5 w6]")
		twice := prom.RawExpr[float64](worker, "2 * ?", prom.Sum(WorkerPay))
		cities, err := prom.Pluck2(s.workers.Where(WorkerCity.NotNull()), WorkerCity, twice).OrderBy(twice.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(cities), "[{Rome 30} {Oslo 39}]")

		n, err := s.workers.Where(prom.Raw(worker, "? = 'w3'", prom.Via(WorkerBoss, WorkerName))).Update(ctx,
			WorkerCity.SetTo(prom.Via(WorkerBoss, shout)))
		is.NoErr(err)
		is.Equal(n, 3)
		is.Equal(s.names(t, WorkerCity.Eq("W3!")), "[w4 w5 w6]")

		for _, bad := range []prom.Cond[*Worker]{prom.Raw(worker, "? = 1", ToolCost), prom.Raw(worker, "? = 1", WorkerAge, 2),
			prom.Raw(worker, "? = 1", prom.Val(worker, "a\x00"))} {
			_, err := s.workers.Where(bad).All(ctx)
			is.True(errors.Is(err, prom.ErrValidation))
		}
	})
}

// Ensure that a piece of SQL stays in its place, wherever pieces are taken: it ends nothing that it did not begin, and
// takes no other piece's argument. It is refused before anything is sent.
func TestFragment_Closed(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		statements := &kit.Statements{}
		s := newWorkshop(t, e.DSN, statements.Option())
		name := WorkerName.Eq("w1")
		for _, sql := range []string{
			"1=1) OR (1=1", "name = $1", "name = ?1", "name = :a", "name = @a", "name = #a", "name = $a", "1 <@a", "1=1; SELECT 1", "(1=1", "a[1", "'1", `"1`,
			"1 /*", "1 /* /* */", "1 -- ", "$$", "$a$ $b$", "`name` = 1", "E'1'\n'\\'' OR 1=1) OR ('", "1e'\\' OR 1=1) OR ('", "\x00",
		} {
			statements.Take()
			value := prom.RawExpr[string](worker, sql)
			for where, run := range map[string]func() error{
				"Raw":     func() error { return kit.ErrOf(s.workers.Where(name, prom.Raw(worker, sql)).All(ctx)) },
				"Or":      func() error { return kit.ErrOf(s.workers.Where(prom.Or(name, prom.Raw(worker, sql))).Count(ctx)) },
				"Sqlizer": func() error { return kit.ErrOf(s.workers.Where(name, prom.Sqlizer(worker, piece{sql})).All(ctx)) },
				"Eq":      func() error { return kit.ErrOf(s.workers.Where(name, value.Eq("w1")).All(ctx)) },
				"order":   func() error { return kit.ErrOf(s.workers.Where(name).OrderBy(value.Asc()).All(ctx)) },
				"pluck":   func() error { return kit.ErrOf(prom.Pluck(s.workers.Where(name), value).All(ctx)) },
				"group": func() error {
					return kit.ErrOf(prom.Pluck2(s.workers.Where(name), value,
						prom.Sum(WorkerPay)).Having(prom.Raw(worker, sql)).All(ctx))
				},
				"set":    func() error { return kit.ErrOf(s.workers.Where(name).Update(ctx, WorkerCity.SetTo(value))) },
				"delete": func() error { return kit.ErrOf(s.workers.Where(name, prom.Raw(worker, sql)).Delete(ctx)) },
				"via":    func() error { return kit.ErrOf(s.workers.Where(name, prom.Via(WorkerBoss, value).Eq("w1")).All(ctx)) },
				"arg":    func() error { return kit.ErrOf(s.workers.Where(name, prom.Raw(worker, "? = 'w1'", value)).All(ctx)) },
			} {
				if err := run(); !errors.Is(err, prom.ErrValidation) {
					t.Errorf("%s: %q: %v", where, sql, err)
				}
			}
			is.Equal(len(kit.Calls(statements.Take())), 0)
		}
	})
}

// piece is a Sqlizer that gives its text as it is.
type piece struct{ sql string }

func (p piece) ToSql() (string, []any, error) { return p.sql, nil, nil }

// fragmentParts are what random pieces of SQL are made of.
var fragmentParts = []string{
	"'", "''", "'a'", `"`, `"name"`, "`", "[", "]", "(", ")", "/*", "*/", "--", "\n", "$", "$$", "$a$", "E'", "e'", "\\", "\\'", "U&'", "x'", "1", "1e", "a", "é",
	" ", " OR ", "1=1", ") OR (1=1", " OR 1=1 OR ", ";", ",", "?", "??", "::", ":", "@", "#", "||", "-", "/", "*", "NULL", "name", "true",
}

// Ensure that no piece of SQL that is taken reaches beyond its place, whatever the engine reads it as: beside a
// condition that no row fulfills there are no rows.
func TestFragment_Hostile(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		s := newWorkshop(t, e.DSN)
		rnd := rand.New(rand.NewPCG(seed, 2))
		ran := 0
		for range 5_000 {
			var b strings.Builder
			for range 1 + rnd.IntN(8) {
				b.WriteString(fragmentParts[rnd.IntN(len(fragmentParts))])
			}
			piece := prom.Raw(worker, b.String())
			none := WorkerName.Eq("nobody")
			n, err := s.workers.Where(none, piece, prom.Raw(worker, "1 = 1 /* ' */"), none).Count(ctx)
			if n > 0 {
				t.Fatalf("%q reaches out of its place", b.String())
			}
			if err == nil {
				ran++
			}
		}
		t.Logf("%d pieces ran", ran)
	})
}
