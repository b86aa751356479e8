package query_test

import (
	"context"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a value of which some fields were read saves what was read and changed, and refuses to write what it did
// not read. parity: Q23 M5
func TestOnly(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		s := newWorkshop(t, e.DSN)
		q := s.workers.Where(WorkerName.Eq("w3")).Only(WorkerName, WorkerCity)
		w, err := q.First(ctx)
		is.NoErr(err)
		is.True(w.ID > 0 && w.Name == "w3" && *w.City == "Rome" && w.Age == 0 && w.Boss == nil && w.Created.IsZero())
		is.True(!w.IsNew())
		is.Equal(len(s.workers.Modified(w)), 0)

		before := *w
		w.Age = 99
		err = s.workers.Save(ctx, w)
		is.True(errors.Is(err, prom.ErrValidation))
		is.Equal(w.Age, int32(99))
		_, err = prom.Pluck(s.workers.Where(WorkerAge.Eq(99)), WorkerName).First(ctx)
		is.True(errors.Is(err, prom.ErrNotFound))
		is.True(errors.Is(s.workers.Create(ctx, w), prom.ErrValidation))
		is.True(errors.Is(s.workers.Upsert(ctx, w, WorkerID), prom.ErrValidation))

		*w = before
		*w.City = "Oslo" // in place
		w.Name = "w3'"
		is.Equal(s.workers.Modified(w), []string{"name", "city"})
		is.NoErr(s.workers.Save(ctx, w))
		is.Equal(s.names(t, WorkerCity.Eq("Oslo"), WorkerName.Eq("w3'"), WorkerAge.Eq(20),
			WorkerBoss.Has(WorkerName.Eq("w0"))), "[w3']")
		is.True(w.Age == 20 && w.Boss != nil) // what the update read back
		w.Age = 30
		is.NoErr(s.workers.Save(ctx, w))

		part, err := s.workers.OrderBy(WorkerID.Asc()).Only(WorkerAge).All(ctx)
		is.NoErr(err)
		is.Equal(len(part), 8)
		is.NoErr(s.workers.Reload(ctx, &part[0]))
		is.Equal(part[0].Name, "w0")
		part[0].Name = "w0'"
		is.NoErr(s.workers.Save(ctx, &part[0]))
		is.NoErr(s.workers.Delete(ctx, &part[2]))
		n := 0
		for w, err := range s.workers.Query().Only(WorkerName).Each(ctx) {
			is.NoErr(err)
			is.True(w.Name != "" && w.Rate == "")
			n++
		}
		is.Equal(n, 7)
		for w, err := range s.workers.Query().Only(WorkerName).Stream(ctx) {
			is.NoErr(err)
			is.True(w.Name != "" && w.Rate == "")
			n--
		}
		is.Equal(n, 0)
		rest, err := prom.Without(s.workers.OrderBy(WorkerID.Asc()), WorkerName, WorkerRate).First(ctx)
		is.NoErr(err)
		is.True(rest.Name == "" && rest.Rate == "" && rest.Age > 0 && rest.ID > 0)
		rest.Name = "no"
		is.True(errors.Is(s.workers.Save(ctx, rest), prom.ErrValidation)) // it was not read
		rest.Name = ""
		rest.Age++
		is.NoErr(s.workers.Save(ctx, rest))
		is.True(rest.Name != "") // what the update read back
		one, err := prom.Without(s.workers.Query().Only(WorkerName, WorkerAge), WorkerAge).First(ctx)
		is.NoErr(err)
		is.True(one.Name != "" && one.Age == 0)
		for _, f := range []prom.Columner{WorkerID, ToolCost} {
			_, err = prom.Without(s.workers.Query(), f).All(ctx)
			is.True(errors.Is(err, prom.ErrValidation))
		}
		_, err = prom.Union(s.workers.Query(), s.workers.Query().Only(WorkerName)).All(ctx)
		is.True(errors.Is(err, prom.ErrValidation))
		_, err = s.workers.WithoutWhere().Only(WorkerName).Delete(ctx)
		is.True(errors.Is(err, prom.ErrValidation))
	})
}
