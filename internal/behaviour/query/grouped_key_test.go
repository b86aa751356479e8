package query_test

import (
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

type (
	depot struct {
		ID   int64 `prom:"key,auto"`
		Name string
	}
	parcelOf struct {
		Day   int64 `prom:"key"`
		No    int64 `prom:"key"`
		Depot prom.Ref[depot]
		Note  string
	}
)

var (
	depotProto    = prom.Proto[depot]()
	depotID       = prom.NumberOf(depotProto, &depotProto.ID)
	depotName     = prom.TextOf(depotProto, &depotProto.Name)
	parcelOfProto = prom.Proto[parcelOf]()
	parcelDay     = prom.NumberOf(parcelOfProto, &parcelOfProto.Day)
	parcelNo      = prom.NumberOf(parcelOfProto, &parcelOfProto.No)
	parcelDepot   = prom.RefOf(parcelOfProto, &parcelOfProto.Depot)
	parcelNote    = prom.TextOf(parcelOfProto, &parcelOfProto.Note)
)

// Ensure that groups have the columns of a row when they are told apart by its whole primary key, and not by a part of
// it, by the key of the row that a reference leads to, or by what is no key in the rows of another query: SQLite would
// take any row's value there.
func TestGroup_Keys(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := t.Context()
		db := kit.Open(t, e.DSN)
		depots, parcels := prom.NewRepo[depot](prom.Using(db)), prom.NewRepo[parcelOf](prom.Using(db))
		d := depot{Name: "north"}
		is.NoErr(depots.Create(ctx, &d))
		is.NoErr(parcels.CreateMany(ctx, []parcelOf{
			{Day: 1, No: 1, Depot: prom.RefTo(&d), Note: "b"}, {Day: 1, No: 2, Depot: prom.RefTo(&d), Note: "a"},
		}))
		count, far := prom.Count(parcelOfProto), prom.Via(parcelDepot, depotID)
		whole, err := prom.Pluck(parcels.Query(), count).GroupBy(parcelDay, parcelNo).OrderBy(parcelNote.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(whole, []int64{1, 1})
		behind, err := prom.Pluck(parcels.Query(), count).GroupBy(far,
			prom.Via(parcelDepot, depotName)).OrderBy(prom.Via(parcelDepot, depotName).Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(behind, []int64{2})
		other := prom.From(prom.Into[depot](depots.Query()))
		for name, p := range map[string]prom.Projection[parcelOf, int64]{
			"a part of the key": prom.Pluck(parcels.Query(), count).GroupBy(parcelDay).OrderBy(parcelNote.Asc()),
			"in Having":         prom.Pluck(parcels.Query(), count).GroupBy(parcelNo).Having(parcelNote.Eq("a")),
			"the other row's":   prom.Pluck(parcels.Query(), count).GroupBy(far).OrderBy(parcelNote.Asc()),
		} {
			if _, err := p.All(ctx); !errors.Is(err, prom.ErrValidation) {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err = prom.Pluck(other, prom.Count(depotProto)).GroupBy(depotID).OrderBy(depotName.Asc()).All(ctx)
		is.True(errors.Is(err, prom.ErrValidation))
	})
}
