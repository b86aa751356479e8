package query_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that an expression has the SQL of its engine wherever it is used, and that an engine without SQL for it, or
// with other arguments, is an error.
func TestEngineExpr(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		s := newWorkshop(t, e.DSN)
		sql := prom.EngineSQL{Postgres: "reverse(?) || ? || '??'", SQLite: "substr(?, 2) || 'w' || ? || '??'"}
		turned := func(mark string) prom.Expr[*Worker, string] {
			return prom.EngineExpr[string](worker, sql, WorkerName, mark)
		}
		is.Equal(s.names(t, turned("!").Eq("3w!??")), "[w3]")
		is.Equal(s.names(t, prom.Via(WorkerBoss, turned("!")).Eq("3w!??")), "[w4 w5 w6]")
		texts, err := prom.Pluck(s.workers.OrderBy(turned("-").Desc()).Limit(2), turned("+")).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(texts), "[7w+?? 6w+??]")

		// Texts that are the same on one engine alone are two statements.
		other := prom.EngineSQL{Postgres: "upper(?) || ? || '??'", SQLite: "upper(?) || ? || '??'"}
		is.Equal(s.names(t, prom.EngineExpr[string](worker, other, WorkerName, "!").Eq("W3!??")), "[w3]")

		for _, bad := range []struct {
			sql  prom.EngineSQL
			says string
		}{
			{prom.EngineSQL{}, "the expression has no SQL for " + e.Name},
			{prom.EngineSQL{Postgres: "?", SQLite: "? ?"}, "question marks"},
			{prom.EngineSQL{Postgres: "upper(?", SQLite: "upper(?"}, "the SQL for postgres"},
		} {
			_, err := s.workers.Where(prom.EngineExpr[string](worker, bad.sql, WorkerName).Eq("x")).All(ctx)
			is.True(errors.Is(err, prom.ErrValidation))
			is.True(strings.Contains(err.Error(), bad.says))
		}
		only := prom.EngineSQL{Postgres: "reverse(?)"}
		if e.Name == dbtest.NamePostgres {
			only = prom.EngineSQL{SQLite: "hex(?)"}
		}
		_, err = s.workers.OrderBy(prom.EngineExpr[string](worker, only, WorkerName).Asc()).All(ctx)
		is.True(errors.Is(err, prom.ErrValidation))
	})
}
