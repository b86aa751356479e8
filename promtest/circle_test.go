package promtest_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promtest"
)

// Models that need each other, as the stores and staff of Pagila do, and themselves.
type (
	Store struct {
		prom.Model
		Manager prom.Ref[Staff] `prom:"manager_id,deferrable=deferred"`
		Staff   prom.Many[Staff]
	}
	Staff struct {
		prom.Model
		Name  string
		Store prom.Ref[Store] `prom:"store_id"`
	}
	Rented struct {
		prom.Model
		By prom.Ref[Staff] `prom:"by_id"`
	}
	Branch struct {
		Code string                     `prom:"key"`
		In   prom.RefBy[Branch, string] `prom:"in_code"`
	}
	Twig struct {
		ID prom.UUID                   `prom:"key,auto"`
		On prom.RefBy[Twig, prom.UUID] `prom:"on_id"`
	}
	Serial struct {
		prom.Model
		Number string `prom:"unique"`
		After  string
		Prev   prom.CompositeRef[Serial] `prom:"on=after,to=number"`
	}
	Counted struct {
		prom.Model
		Prev prom.Ref[Counted] `prom:"prev_id"`
	}
	Label struct {
		prom.Model
		Of   string
		Item prom.CompositeRef[Serial] `prom:"on=of,to=number"`
	}
)

// Ensure that factories end with circles of required references: a row whose key is known refers to itself, and of
// others they say which row must be given.
func TestCircles(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := database(t, e)
		branch := promtest.New[Branch](db).Create(t)
		is.Equal(branch.In.Key(), branch.Code)
		twig := promtest.New[Twig](db).Create(t)
		is.Equal(twig.On.Key(), twig.ID)
		other := promtest.New[Twig](db).Create(t, func(v *Twig) { v.On = prom.NewRefBy[Twig](twig.ID) })
		is.Equal(other.On.Key(), twig.ID)
		serial := promtest.New[Serial](db).Create(t)
		is.Equal(serial.After, serial.Number)
		label := promtest.New[Label](db).Create(t)
		n, err := prom.NewRepo[Serial](prom.Using(db)).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 2)
		is.True(label.Of != "")

		// A row that is given ends the circle.
		stores, staff := promtest.New[Store](db), promtest.New[Staff](db)
		var boss Staff
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			store := Store{Manager: prom.NewRef[Staff](7)}
			if err := stores.Repo().Create(ctx, &store); err != nil {
				return err
			}
			boss = staff.Make(func(v *Staff) { v.ID, v.Store = 7, prom.RefTo(&store) })
			return staff.Repo().Create(ctx, &boss)
		}))
		store := stores.Create(t, func(v *Store) { v.Manager = prom.RefTo(&boss) })
		worker := staff.Create(t, func(v *Staff) { v.Store = prom.RefTo(store) })
		promtest.New[Rented](db).Create(t, func(v *Rented) { v.By = prom.RefTo(worker) })
		storeProto := prom.Proto[Store]()
		all, err := stores.Repo().With(prom.ManyOf(storeProto, &storeProto.Staff)).All(ctx)
		is.NoErr(err)
		is.Equal(len(all), 2)
	})
}

// Ensure that the test in which a row of a circle is made ends with the way around it. It is run by another process.
func TestCircleIsTold(t *testing.T) {
	t.Parallel()
	if name := os.Getenv("PROMTEST_CIRCLE"); name != "" {
		db := promtest.DB(t, promtest.SQLite())
		prom.NewRepo[Store]()
		prom.NewRepo[Staff]()
		switch name {
		case "Rented":
			promtest.New[Rented](db).Create(t)
		case "Counted":
			promtest.New[Counted](db).Create(t)
		}
		return
	}
	for name, want := range map[string]string{
		"Rented":  "field By: field Store: field Manager: the required references Staff → Store → Staff form a circle",
		"Counted": "field Prev: the required references Counted → Counted form a circle",
	} {
		is := is.New(t)
		cmd := exec.Command(os.Args[0], "-test.run=^TestCircleIsTold$")
		cmd.Env = append(os.Environ(), "PROMTEST_CIRCLE="+name)
		out, err := cmd.CombinedOutput()
		is.True(err != nil)
		if !strings.Contains(string(out), want) {
			t.Errorf("%s: %s", name, out)
		}
	}
}
