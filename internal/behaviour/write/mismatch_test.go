package write_test

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// probe has values that others may have stored though a write refuses them. Its columns fit words, those of deepProbe
// do not.
type (
	probe struct {
		prom.Model
		Name  string
		Value float64
		Small float32
		Maybe sql.Null[float64]
		Note  string
		At    time.Time
	}
	deepProbe struct {
		prom.Model
		Name  string
		Value float64
		Maybe *float64
		Note  *string
		At    *time.Time
	}
)

var probeProto = prom.Proto[probe]()

// Ensure that a row in which others stored a value that a write refuses can be saved in its other columns, however it
// was read, and that the value stays; and that another one of the kind is refused.
func TestSave_BesideUnfit(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		probes, deep := prom.NewRepo[probe](prom.Using(db)), prom.NewRepo[deepProbe](prom.Using(db))
		for range 3 {
			if err := errors.Join(probes.Create(ctx, new(probe{Name: "a"})),
				deep.Create(ctx, new(deepProbe{Name: "a"}))); err != nil {
				t.Fatal(err)
			}
		}
		postgres := e.Name == dbtest.NamePostgres
		if postgres {
			kit.RunSQL(t, db, "UPDATE probe SET value = 'NaN', small = 'NaN', maybe = 'NaN', at = '20000-01-01T00:00:00Z'",
				"UPDATE deep_probe SET value = 'NaN', maybe = 'NaN', at = '20000-01-01T00:00:00Z'")
		} else {
			kit.RunSQL(t, db, "UPDATE probe SET note = CAST(x'61ff' AS TEXT)",
				"UPDATE deep_probe SET note = CAST(x'61ff' AS TEXT)")
		}

		is := is.New(t)
		list, err := probes.OrderBy(prom.NumberOf(probeProto, &probeProto.ID).Asc()).All(ctx)
		is.NoErr(err)
		one, err := probes.Get(ctx, list[2].ID)
		is.NoErr(err)
		for _, p := range []*probe{&list[0], &list[1], one} {
			is.Equal(len(probes.Modified(p)), 0)
			p.Name = "b"
			is.NoErr(probes.Save(ctx, p))
			p.Name = "c"
			is.NoErr(probes.Save(ctx, p))
			again, err := probes.Get(ctx, p.ID)
			is.NoErr(err)
			is.Equal(again.Name, "c")
			if postgres {
				is.True(math.IsNaN(again.Value) && math.IsNaN(float64(again.Small)) && math.IsNaN(again.Maybe.V))
				is.Equal(again.At.Year(), 20000)
				p.At = p.At.AddDate(1, 0, 0)
			} else {
				is.Equal(again.Note, "a\xff")
				p.Note = "b\xff"
			}
			is.Equal(len(probes.Modified(p)), 1)
			is.True(errors.Is(probes.Save(ctx, p), prom.ErrValidation))
			p.Note, p.At, p.Value, p.Small, p.Maybe.V = "", time.Now(), 1, 1, 1
			is.NoErr(probes.Save(ctx, p))
		}

		deepList, err := deep.WithoutWhere().All(ctx)
		is.NoErr(err)
		deepOne, err := deep.Get(ctx, deepList[2].ID)
		is.NoErr(err)
		for _, p := range []*deepProbe{&deepList[0], &deepList[1], deepOne} {
			p.Name = "b"
			is.NoErr(deep.Save(ctx, p))
			p.Name = "c"
			is.NoErr(deep.Save(ctx, p))
			is.Equal(len(deep.Modified(p)), 0)
			if postgres {
				is.True(math.IsNaN(*p.Maybe))
				*p.At = p.At.AddDate(1, 0, 0)
			} else {
				*p.Note = "b\xff"
			}
			is.True(errors.Is(deep.Save(ctx, p), prom.ErrValidation))
			p.Note, p.At, p.Value, p.Maybe = nil, nil, 1, nil
			is.NoErr(deep.Save(ctx, p))
		}
	})
}
