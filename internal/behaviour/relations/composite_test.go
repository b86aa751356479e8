package relations_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Decks and holds of ships have keys of two columns, and hatches connect them, which refer to both by the same ship.
type (
	Deck struct {
		Ship  string `prom:"key,nocase"`
		Level int64  `prom:"key"`
		Name  string
		Holds prom.ManyToMany[Hold, Hatch]
		Down  prom.ManyToMany[Deck, Stair] `prom:"via='ship, upper'"`
	}
	Hold struct {
		Ship  string `prom:"key,nocase"`
		Bay   int    `prom:"key"`
		Tons  int
		Deck  *int64
		Gone  *time.Time              `prom:"deleted"`
		Under prom.CompositeRef[Deck] `prom:"on='ship, deck'"`
		Decks prom.ManyToMany[Deck, Hatch]
	}
	Hatch struct {
		Ship  string `prom:"key,nocase"`
		Level int64  `prom:"key"`
		Bay   int    `prom:"key"`
		Wide  int
		Deck  prom.CompositeRef[Deck] `prom:"on='ship, level'"`
		Hold  prom.CompositeRef[Hold] `prom:"on='ship, bay'"`
	}
	Stair struct {
		Ship  string                  `prom:"key,nocase"`
		Upper int64                   `prom:"key"`
		Lower int64                   `prom:"key"`
		From  prom.CompositeRef[Deck] `prom:"on='ship, upper'"`
		To    prom.CompositeRef[Deck] `prom:"on='ship, lower'"`
	}
)

var (
	deck      = prom.Proto[Deck]()
	hold      = prom.Proto[Hold]()
	hatch     = prom.Proto[Hatch]()
	deckShip  = prom.TextOf(deck, &deck.Ship)
	deckLevel = prom.NumberOf(deck, &deck.Level)
	deckName  = prom.TextOf(deck, &deck.Name)
	deckHolds = prom.ManyToManyOf(deck, &deck.Holds)
	deckDown  = prom.ManyToManyOf(deck, &deck.Down)
	holdShip  = prom.TextOf(hold, &hold.Ship)
	holdBay   = prom.NumberOf(hold, &hold.Bay)
	holdTons  = prom.NumberOf(hold, &hold.Tons)
	holdUnder = prom.CompositeRefOf(hold, &hold.Under)
	holdDecks = prom.ManyToManyOf(hold, &hold.Decks)
	hatchBay  = prom.NumberOf(hatch, &hatch.Bay)
	hatchWide = prom.NumberOf(hatch, &hatch.Wide)
	hatchDeck = prom.CompositeRefOf(hatch, &hatch.Deck)
	hatchHold = prom.CompositeRefOf(hatch, &hatch.Hold)
)

// fleet is a database of two ships with three decks and three holds each. Of both, deck n has hatches to the holds up
// to n, and hold n lies under deck n, the last under none. The third hold of the first is soft-deleted.
type fleet struct {
	decks   *prom.Repo[Deck]
	holds   *prom.Repo[Hold]
	hatches *prom.Repo[Hatch]
}

func newFleet(tb testing.TB, dsn string, options ...prom.OpenOption) fleet {
	tb.Helper()
	ctx := context.Background()
	db := kit.Open(tb, dsn, options...)
	f := fleet{prom.NewRepo[Deck](prom.Using(db)), prom.NewRepo[Hold](prom.Using(db)), prom.NewRepo[Hatch](prom.Using(db))}
	stairs := prom.NewRepo[Stair](prom.Using(db))
	must := func(err error) {
		if err != nil {
			tb.Fatal(err)
		}
	}
	for s, ship := range []string{"argo", "Beagle"} {
		for n := 1; n <= 3; n++ {
			must(f.decks.Create(ctx, &Deck{Ship: ship, Level: int64(n), Name: fmt.Sprint(ship, n)}))
			h := Hold{Ship: ship, Bay: n, Tons: (s + 1) * n * 10}
			if n < 3 {
				h.Deck = new(int64(n))
			}
			must(f.holds.Create(ctx, &h))
			for b := 1; b <= n; b++ {
				must(f.hatches.Create(ctx, &Hatch{Ship: ship, Level: int64(n), Bay: b, Wide: n + b}))
			}
			if n > 1 {
				must(stairs.Create(ctx, &Stair{Ship: ship, Upper: int64(n - 1), Lower: int64(n)}))
			}
		}
	}
	n, err := f.holds.Where(holdShip.Eq("ARGO"), holdBay.Eq(3)).Delete(ctx)
	if err != nil || n != 1 {
		tb.Fatal(n, err)
	}
	return f
}

// Ensure that columns are read through references of several columns: in selections, conditions, orders, groups, other
// references, updates and deletes, without those of soft-deleted rows. parity: Q17 M23
func TestVia_Composite(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		f := newFleet(t, e.DSN)
		under := prom.Via(holdUnder, deckName)
		rows, err := prom.Pluck3(f.holds.OrderBy(under.Desc().NullsLast(), holdBay.Asc()), holdShip, holdBay,
			prom.OrNull(under)).All(ctx)
		is.NoErr(err)
		names := make([]string, len(rows))
		for i, r := range rows {
			names[i] = fmt.Sprint(r.A, r.B)
			if r.C != nil {
				names[i] += *r.C
			}
		}
		is.Equal(fmt.Sprint(names), "[argo2argo2 argo1argo1 Beagle2Beagle2 Beagle1Beagle1 Beagle3]")
		tons := prom.Via(hatchHold, holdTons)
		sums, err := prom.Pluck2(f.hatches.Query(), prom.Via(hatchDeck, deckName),
			prom.Sum(tons)).OrderBy(prom.Sum(tons).Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(sums), "[{argo1 10} {Beagle1 20} {argo2 30} {argo3 30} {Beagle2 60} {Beagle3 120}]")
		// Two references of the same columns but one, and one behind another.
		twice, err := prom.Pluck3(f.hatches.Where(hatchWide.Eq(4)).OrderBy(prom.Via(hatchDeck, deckName).Asc()),
			prom.Via(hatchDeck, deckName), prom.OrNull(tons), prom.OrNull(prom.Via(hatchHold, under))).All(ctx)
		is.NoErr(err)
		is.Equal(len(twice), 4)
		is.Equal(twice[3].A+*twice[3].C, "argo3argo1")
		is.Equal(*twice[3].B, 10)
		for name, tt := range map[string]struct {
			cond prom.Cond[*Hatch]
			want int
		}{
			"value":   {tons.Gt(20), 3},
			"null":    {tons.IsNull(), 1},
			"terms":   {prom.Gt(prom.Via(hatchDeck, prom.Length(deckName)), prom.Val(hatch, int64(6))), 6},
			"has":     {hatchHold.Has(holdUnder.Has(deckName.HasSuffix("2"))), 4},
			"via has": {prom.Truth(prom.Via(hatchHold, holdUnder.Has())), 10},
			"not":     {prom.Not(hatchHold.Has()), 1},
			"exists": {prom.Exists(hatch, f.holds.Query(), prom.Match(prom.Via(holdUnder, deckLevel),
				prom.Via(hatchDeck, deckLevel)), prom.Match(holdShip, prom.Via(hatchDeck, deckShip))), 6},
		} {
			n, err := f.hatches.Where(tt.cond).Count(ctx)
			if err != nil || n != tt.want {
				t.Errorf("%s: %d, %v, not %d", name, n, err, tt.want)
			}
		}
		n, err := f.hatches.Where(prom.Via(hatchDeck, deckName).Eq("argo3"), hatchBay.Eq(1)).Update(ctx,
			hatchWide.SetTo(prom.OrValue(tons, 0)))
		is.NoErr(err)
		is.Equal(n, 1)
		n, err = f.hatches.Where(tons.IsNull()).Delete(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
		n, err = f.hatches.Where(hatchWide.Eq(10)).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
	})
}

// Ensure that rows with keys of several columns are connected with others: loaded, chosen, ordered, limited, asked about
// and counted, in one statement for each level. parity: M24
func TestManyToMany_Composite(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log kit.Statements
		f := newFleet(t, e.DSN, log.Option())
		names := func(q *prom.Query[Deck]) string {
			t.Helper()
			list, err := q.OrderBy(deckName.Asc()).All(ctx)
			is.NoErr(err)
			out := []string{}
			for _, d := range list {
				text := d.Name + ":"
				if d.Holds.Loaded() {
					for _, h := range d.Holds.Rows() {
						text += fmt.Sprint(" ", h.Bay)
					}
				}
				if d.Down.Loaded() {
					for _, d := range d.Down.Rows() {
						text += " " + d.Name
					}
				}
				out = append(out, text)
			}
			return fmt.Sprint(out)
		}
		all := f.decks.Query()
		names(all) // which knows the tables
		is.Equal(names(all.With(deckHolds.OrderBy(holdBay.Asc()))),
			"[Beagle1: 1 Beagle2: 1 2 Beagle3: 1 2 3 argo1: 1 argo2: 1 2 argo3: 1 2]")
		log.Take()
		is.Equal(names(all.With(deckHolds.OrderBy(holdBay.Desc()).Limit(1))),
			"[Beagle1: 1 Beagle2: 2 Beagle3: 3 argo1: 1 argo2: 2 argo3: 2]")
		is.Equal(len(kit.Calls(log.Take())), 2)
		is.Equal(names(all.With(deckHolds.Where(holdTons.Gt(20)).WhereThrough(hatchWide.Lt(6)).OrderByThrough(hatchWide.Desc()).Offset(0))), "[Beagle1: Beagle2: 2 Beagle3: 2 argo1: argo2: argo3:]")
		is.Equal(names(all.With(deckDown)), "[Beagle1: Beagle2 Beagle2: Beagle3 Beagle3: argo1: argo2 argo2: argo3 argo3:]")
		is.Equal(names(f.decks.Where(deckHolds.Has(holdTons.Eq(40)))), "[Beagle2: Beagle3:]")
		is.Equal(names(f.decks.Where(deckHolds.Has(holdBay.Eq(3)))), "[Beagle3:]")
		is.Equal(names(f.decks.Where(deckDown.Has(deckDown.Has()))), "[Beagle1: argo1:]")
		is.Equal(names(f.decks.Where(deckHolds.Count().Eq(2))), "[Beagle2: argo2: argo3:]")
		is.Equal(names(f.decks.Where(prom.Not(deckHolds.WhereThrough(hatchWide.Gt(3)).Has()))), "[Beagle1: argo1:]")
		back, err := f.holds.Where(holdShip.Eq("beagle")).OrderBy(holdBay.Asc()).With(holdDecks.OrderBy(deckLevel.Asc())).All(ctx)
		is.NoErr(err)
		is.Equal(len(back[0].Decks.Rows()), 3)
		is.Equal(back[2].Decks.Rows()[0].Name, "Beagle3")
	})
}

// Ensure that the rows of a join model, and those behind it, are summed up for each row, for each side, and in groups.
// parity: G10
func TestAggregates_ManyToMany(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		f := newFleet(t, e.DSN)
		texts := func(x prom.Expr[*Deck, int]) string {
			t.Helper()
			list, err := prom.Pluck(f.decks.OrderBy(deckName.Asc()), prom.OrNull(x)).All(ctx)
			is.NoErr(err)
			out := make([]string, len(list))
			for i, n := range list {
				out[i] = "-"
				if n != nil {
					out[i] = fmt.Sprint(*n)
				}
			}
			return fmt.Sprint(out)
		}
		is.Equal(texts(prom.AggregateOf(deckHolds, prom.Sum(holdTons))), "[20 60 120 10 30 30]") // one has been deleted
		is.Equal(texts(prom.AggregateOf(deckHolds.Where(holdTons.Gt(20)), prom.Max(holdTons))), "[- 40 60 - - -]")
		is.Equal(texts(prom.AggregateOf(deckHolds, prom.Sum(holdTons).Filter(holdBay.Ne(1), holdTons.Lt(50)))),
			"[- 40 40 - 20 20]")
		is.Equal(texts(prom.AggregateOf(deckHolds, prom.Plus(prom.Sum(holdTons),
			prom.Times(prom.Max(holdBay), prom.Val(hold, 1000))))), "[1020 2060 3120 1010 2030 2030]")
		is.Equal(texts(prom.AggregateOf(deckHolds, prom.Case(prom.Val(hold, 0),
			prom.Then(prom.Gt(prom.Sum(holdTons), prom.Val(hold, 50)),
				prom.Min(prom.Plus(holdTons, holdBay)))))), "[0 21 21 0 0 0]")
		is.Equal(texts(prom.AggregateThrough(deckHolds, prom.Sum(hatchWide))), "[2 7 15 2 7 9]")
		is.Equal(texts(prom.AggregateThrough(deckHolds.WhereThrough(hatchBay.Gt(1)), prom.Sum(hatchWide))), "[- 4 11 - 4 5]")
		is.Equal(texts(prom.AggregateThrough(deckHolds.Where(holdTons.Lt(40)),
			prom.Sum(prom.Times(hatchWide, prom.Via(hatchHold, holdTons))))), "[40 60 80 20 110 140]")
		is.Equal(texts(prom.AggregateOf(deckDown,
			prom.Max(prom.Minus(prom.Val(deck, 0), prom.Plus(prom.Val(deck, 1), prom.Val(deck, 1)))))), "[-2 -2 - -2 -2 -]")
		below, err := prom.Pluck(f.decks.OrderBy(deckName.Asc()),
			prom.OrNull(prom.AggregateOf(deckDown, prom.Min(deckName)))).All(ctx)
		is.NoErr(err)
		is.Equal(*below[0]+*below[1], "Beagle2Beagle3") // rows of the model itself
		counts, err := prom.Pluck(f.decks.OrderBy(deckName.Asc()),
			prom.AggregateOf(deckHolds, prom.CountDistinct(prom.Mod(holdBay, prom.Val(hold, 2))))).All(ctx)
		is.NoErr(err)
		is.Equal(counts, []int64{1, 2, 2, 1, 2, 2})
		n, err := f.decks.Where(prom.AggregateOf(deckHolds, prom.Sum(holdTons)).Gt(50)).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 2)
		names, err := prom.Pluck(f.decks.OrderBy(prom.AggregateThrough(deckHolds, prom.Sum(hatchWide)).Desc(),
			deckName.Asc()).Limit(2), deckName).All(ctx)
		is.NoErr(err)
		is.Equal(names, []string{"Beagle3", "argo3"})
		_, err = prom.Pluck(f.decks.Query(), prom.AggregateOf(deckHolds.Limit(1), prom.Sum(holdTons))).All(ctx)
		is.True(err != nil)
		_, err = prom.Pluck(f.decks.Query(), prom.AggregateOf(deckHolds, prom.Plus(prom.Sum(holdTons), holdTons))).All(ctx)
		is.True(err != nil)

		// By groups of the join model: for each side, with columns of the other.
		bays, err := prom.Pluck3(f.hatches.Where(hatchHold.Has()), prom.Via(hatchHold, holdTons), prom.Sum(hatchWide),
			prom.Max(prom.Via(hatchDeck, deckName))).All(ctx)
		is.NoErr(err)
		slices.SortFunc(bays, func(a, b prom.Triple[int, int, string]) int { return a.A*1000 + a.B - b.A*1000 - b.B })
		is.Equal(fmt.Sprint(bays), "[{10 9 argo3} {20 18 argo3} {40 9 Beagle3} {60 6 Beagle3}]")
	})
}
