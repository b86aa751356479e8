package relations_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

type (
	// Sailor sails heats.
	Sailor struct {
		prom.Model
		Name string
	}
	// Heat is one race of a sailor.
	Heat struct {
		prom.Model
		Sailor prom.Ref[Sailor] `prom:"sailor_id,index"`
		Course string
		Points int
	}
)

var (
	sailor     = prom.Proto[Sailor]()
	heat       = prom.Proto[Heat]()
	sailorID   = prom.NumberOf(sailor, &sailor.ID)
	sailorName = prom.TextOf(sailor, &sailor.Name)
	heatSailor = prom.RefOf(heat, &heat.Sailor)
	heatCourse = prom.TextOf(heat, &heat.Course)
	heatPoints = prom.NumberOf(heat, &heat.Points)
)

// sail stores three sailors: ada with four heats, bob with one, cid with none.
func sail(t *testing.T, e dbtest.Engine) (*prom.Repo[Sailor], *prom.Repo[Heat]) {
	t.Helper()
	is, ctx, db := is.New(t), context.Background(), kit.Open(t, e.DSN)
	sailors, heats := prom.NewRepo[Sailor](prom.Using(db)), prom.NewRepo[Heat](prom.Using(db))
	crew := []Sailor{{Name: "ada"}, {Name: "bob"}, {Name: "cid"}}
	is.NoErr(sailors.CreateMany(ctx, crew))
	ada, bob := prom.RefTo(&crew[0]), prom.RefTo(&crew[1])
	is.NoErr(heats.CreateMany(ctx, []Heat{{Sailor: ada, Course: "a1", Points: 5}, {Sailor: ada, Course: "a2", Points: 7},
		{Sailor: ada, Course: "a3", Points: 7}, {Sailor: ada, Course: "a4", Points: 2}, {Sailor: bob, Course: "b1",
			Points: 1}}))
	return sailors, heats
}

// Ensure that a linked subquery has a value for each row, NULL without rows, in selections, conditions, orders and
// assignments; that all of its links hold; and that both sides may be read through references.
func TestLinkedSub(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is, ctx := is.New(t), context.Background()
		sailors, heats := sail(t, e)

		best := prom.CorrelatedSubquery(prom.Pluck(heats.Where(heatCourse.Ne("a3")), prom.Max(heatPoints)),
			prom.Match(heatSailor, sailorID))
		rows, err := prom.Pluck2(sailors.OrderBy(best.Desc().NullsLast()), sailorName, prom.OrNull(best)).All(ctx)
		is.NoErr(err)
		is.Equal(len(rows), 3)
		is.Equal(rows[0].A+rows[1].A+rows[2].A, "adabobcid")
		is.Equal(*rows[0].B, 7)
		is.Equal(*rows[1].B, 1)
		is.Equal(rows[2].B, nil)
		low, err := sailors.Where(best.Lt(7)).First(ctx)
		is.NoErr(err)
		is.Equal(low.Name, "bob")

		name := prom.Via(heatSailor, sailorName)
		equal := prom.CorrelatedSubquery(prom.Pluck(heats.Query(), prom.Count(heat)), prom.Match(name, name),
			prom.Match(heatPoints, heatPoints))
		twice, err := prom.Pluck(heats.Where(equal.Eq(2)).OrderBy(heatCourse.Asc()), heatCourse).All(ctx)
		is.NoErr(err)
		is.Equal(strings.Join(twice, " "), "a2 a3")

		first := prom.CorrelatedSubquery(prom.Pluck(sailors.Query(), prom.Min(sailorName)), prom.Match(sailorID, heatSailor))
		n, err := heats.WithoutWhere().Update(ctx, heatCourse.SetTo(prom.Concat(first, prom.Val(heat, ":"))))
		is.NoErr(err)
		is.Equal(n, 5)
		n, err = heats.Where(heatCourse.Eq("ada:")).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 4)
	})
}

// Ensure that Ntile cuts rows into parts of which the first are larger, and refuses to make none.
func TestNtile(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is, ctx := is.New(t), context.Background()
		_, heats := sail(t, e)
		for n, want := range map[int]string{1: "[1 1 1 1 1]", 2: "[1 1 1 2 2]", 3: "[1 1 2 2 3]", 9: "[1 2 3 4 5]"} {
			parts, err := prom.Pluck(heats.OrderBy(heatCourse.Asc()), prom.Ntile(n, prom.OrderWindow(heatCourse.Asc()))).All(ctx)
			is.NoErr(err)
			is.Equal(fmt.Sprint(parts), want)
		}
		_, err := prom.Pluck(heats.Query(), prom.Ntile(0, prom.OrderWindow(heatCourse.Asc()))).All(ctx)
		is.True(err != nil && strings.Contains(err.Error(), "at least one bucket"))
	})
}
