package query_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/Masterminds/squirrel"
	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that SQL inside a typed query names columns by their handles, wherever it is used.
func TestFragment_Handles(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		s := newWorkshop(t, e.DSN)
		shout := prom.RawExpr[Worker, string]("upper(?) || ?", WorkerName, "!")
		is.Equal(s.names(t, shout.Eq("W3!")), "[w3]")
		is.Equal(s.names(t, prom.Raw[Worker]("length(?) = ? AND ? IS NOT NULL", WorkerName, 2, WorkerCity)), "[w0 w2 w3 w5 w6 w7]")
		is.Equal(s.names(t, prom.Sqlizer[Worker](squirrel.Expr("? IN (?, ?)", WorkerName, "w1", "w2"))), "[w1 w2]")
		id, err := s.workers.FieldByName("name")
		is.NoErr(err)
		is.Equal(s.names(t, prom.Raw[Worker]("? = 'w1?' OR ? = ?", id, id, "w5")), "[w5]")

		// In queries that read the table twice.
		boss := prom.Via(WorkerBoss, shout)
		is.Equal(s.names(t, boss.Eq("W3!")), "[w4 w5 w6]")
		is.Equal(s.names(t, prom.Via(WorkerBoss, prom.Via(WorkerBoss, shout)).Eq("W0!"), shout.Ne("W4!")), "[w5 w6]")
		is.Equal(s.names(t, WorkerBoss.Has(prom.Raw[Worker]("? = 'w3'", WorkerName)), shout.Gt("W4!")), "[w5 w6]")
		pairs, err := prom.Pluck2(s.workers.Where(WorkerBoss.NotNull()), shout, boss).OrderBy(boss.Desc(), shout.Asc()).Limit(2).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(pairs), "[{W4! W3!} {W5! W3!}]")
		tools, err := prom.Pluck(s.tools.Where(prom.Via(ToolOwner, prom.RawExpr[Worker, int]("? + ?", WorkerAge, 1)).Eq(22)), ToolKind).Count(ctx)
		is.NoErr(err)
		is.Equal(tools, 2) // of w1 and w4

		// Other terms, and what is computed from groups.
		is.Equal(s.names(t, prom.Raw[Worker]("? BETWEEN ? AND ?", prom.Times(WorkerAge, num(2)), 41, prom.Plus(WorkerAge, num(21)))), "[w1 w4 w7]")
		is.Equal(s.names(t, prom.Raw[Worker]("? = ?", prom.Via(WorkerBoss, WorkerName), "w3")), "[w4 w5 w6]")
		twice := prom.RawExpr[Worker, float64]("2 * ?", prom.Sum(WorkerPay))
		cities, err := prom.Pluck2(s.workers.Where(WorkerCity.NotNull()), WorkerCity, twice).OrderBy(twice.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(cities), "[{Rome 30} {Oslo 39}]")

		n, err := s.workers.Where(prom.Raw[Worker]("? = 'w3'", prom.Via(WorkerBoss, WorkerName))).Update(ctx, WorkerCity.SetTo(prom.Via(WorkerBoss, shout)))
		is.NoErr(err)
		is.Equal(n, 3)
		is.Equal(s.names(t, WorkerCity.Eq("W3!")), "[w4 w5 w6]")

		for _, bad := range []prom.Cond[Worker]{prom.Raw[Worker]("? = 1", ToolCost), prom.Raw[Worker]("? = 1", WorkerAge, 2),
			prom.Raw[Worker]("? = 1", prom.Val[Worker]("a\x00"))} {
			_, err := s.workers.Where(bad).All(ctx)
			is.True(errors.Is(err, prom.ErrValidation))
		}
	})
}
