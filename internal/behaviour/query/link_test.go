package query_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Stay is a booking of a room, from a day until another.
type Stay struct {
	ID      int64 `prom:"key"`
	Room    string
	From    int
	Until   int
	Guest   *string
	Pays    int
	Deleted *time.Time `prom:"deleted"`
}

var (
	stay      = prom.Proto[Stay]()
	stayID    = prom.NumberOf(stay, &stay.ID)
	stayRoom  = prom.TextOf(stay, &stay.Room)
	stayFrom  = prom.NumberOf(stay, &stay.From)
	stayUntil = prom.NumberOf(stay, &stay.Until)
	stayGuest = prom.NullTextOf(stay, &stay.Guest)
	stayPays  = prom.NumberOf(stay, &stay.Pays)

	otherStay = prom.Correlate(stay, stay)
)

// newStays stores
//
//	1  east  1– 5  ann  10
//	2  east  4– 8  bob  20
//	3  east  8– 9  ann  30
//	4  west  1– 9  –    40
//	5  west  9–12  bob  50
//	6  west  2– 3  ann  60  deleted
func newStays(tb testing.TB, dsn string) *prom.Repo[Stay] {
	tb.Helper()
	ctx := context.Background()
	stays := prom.NewRepo[Stay](prom.Using(kit.Open(tb, dsn)))
	ann, bob := "ann", "bob"
	for i, s := range []Stay{{Room: "east", From: 1, Until: 5, Guest: &ann},
		{Room: "east", From: 4, Until: 8, Guest: &bob}, {Room: "east", From: 8, Until: 9, Guest: &ann},
		{Room: "west", From: 1, Until: 9}, {Room: "west", From: 9, Until: 12, Guest: &bob}, {Room: "west", From: 2, Until: 3,
			Guest: &ann}} {
		s.ID, s.Pays = int64(i+1), 10*(i+1)
		if err := stays.Create(ctx, &s); err != nil {
			tb.Fatal(err)
		}
	}
	if n, err := stays.Where(stayID.Eq(6)).Delete(ctx); err != nil || n != 1 {
		tb.Fatal(n, err)
	}
	return stays
}

func stayIDs(tb testing.TB, q *prom.Query[Stay]) string {
	tb.Helper()
	ids, err := prom.Pluck(q, stayID).OrderBy(stayID.Asc()).All(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	return fmt.Sprint(ids)
}

// overlaps links another stay in the same room whose days overlap.
func overlaps() []prom.Cond[*prom.Correlation[*Stay, *Stay]] {
	return []prom.Cond[*prom.Correlation[*Stay, *Stay]]{
		prom.Match(stayRoom, stayRoom),
		prom.Ne(prom.Inner(otherStay, stayID), prom.Outer(otherStay, stayID)),
		prom.Lt(prom.Inner(otherStay, stayFrom), prom.Outer(otherStay, stayUntil)),
		prom.Gt(prom.Inner(otherStay, stayUntil), prom.Outer(otherStay, stayFrom)),
	}
}

// Ensure that subqueries are linked by any condition on their own row and the one around: by order, by or, by functions
// of both, through several levels, in conditions, values, orders, groups, updates and deletes, with soft-deleted rows
// left out of both. parity: Q17
func TestLinks(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		stays := newStays(t, e.DSN)
		all := stays.Query()
		in := func(f prom.Term[*Stay, int]) prom.Expr[*prom.Correlation[*Stay, *Stay], int] {
			return prom.Inner(otherStay, f)
		}
		out := func(f prom.Term[*Stay, int]) prom.Expr[*prom.Correlation[*Stay, *Stay], int] {
			return prom.Outer(otherStay, f)
		}
		sameGuest := prom.Match(stayGuest, stayGuest)
		deep := prom.Correlate(stay, otherStay) // a third stay beside the two
		tests := map[string]struct {
			cond prom.Cond[*Stay]
			want string
		}{
			"overlap":     {prom.Exists(stay, all, overlaps()...), "[1 2]"},
			"no overlap":  {prom.Not(prom.Exists(stay, all, overlaps()...)), "[3 4 5]"},
			"deleted too": {prom.Exists(stay, stays.Query().WithDeleted(), overlaps()...), "[1 2 4]"},
			"earlier":     {prom.Exists(stay, all, sameGuest, prom.Lt(in(stayFrom), out(stayFrom))), "[3 5]"},
			"first": {prom.And(stayGuest.NotNull(),
				prom.Not(prom.Exists(stay, all, sameGuest, prom.Lt(in(stayFrom), out(stayFrom))))), "[1 2]"},
			"or": {prom.Exists(stay, all, prom.Ne(prom.Inner(otherStay, stayID), prom.Outer(otherStay, stayID)),
				prom.Or(prom.Eq(in(stayFrom), out(stayUntil)), prom.Eq(in(stayUntil), out(stayFrom)),
					prom.Eq(in(stayPays), prom.Times(out(stayPays), prom.Val(otherStay, 2))))), "[1 2 3 4 5]"},
			"arithmetic": {prom.Exists(stay, all, prom.Plus(in(stayPays), out(stayPays)).Eq(90)), "[4 5]"},
			"null safe": {prom.Exists(stay, all, prom.Is(prom.Inner(otherStay, stayGuest), prom.Outer(otherStay, stayGuest)),
				prom.Inner(otherStay, stayRoom).Eq("west")), "[2 4 5]"},
			"between": {prom.Exists(stay, all, prom.Match(stayRoom, stayRoom),
				prom.Minus(in(stayFrom), out(stayUntil)).Between(0, 1)), "[2 4]"},
			"function": {prom.Exists(stay, all, prom.Eq(prom.Upper(prom.Inner(otherStay, stayGuest)),
				prom.Concat(prom.Upper(prom.Outer(otherStay, stayGuest)),
					prom.Val(otherStay, ""))), prom.Gt(in(stayFrom), out(stayFrom))), "[1 2]"},
			"case": {prom.Exists(stay, all,
				prom.Case(in(stayPays), prom.Then(prom.Outer(otherStay, stayRoom).Eq("east"), out(stayPays))).Gt(45)), "[4 5]"},
			"raw":      {prom.Exists(stay, all, prom.Raw(otherStay, "? * ? > ?", in(stayPays), out(stayPays), 2000)), "[5]"},
			"one side": {prom.Exists(stay, all.Where(stayID.Eq(1)), out(stayFrom).Gt(7)), "[3 5]"},
			"left out": {prom.Exists(stay, all, prom.If(false, prom.Lt(in(stayFrom), out(stayFrom))),
				prom.Cond[*prom.Correlation[*Stay, *Stay]]{}), "[1 2 3 4 5]"},
			// A stay that comes after another, between which no third is of the same room.
			"next": {prom.Exists(stay, all, prom.Match(stayRoom, stayRoom), prom.Lt(in(stayFrom), out(stayFrom)),
				prom.Inner(otherStay, stayPays).Eq(10),
				prom.Not(prom.Exists(otherStay, all,
					prom.Eq(prom.Inner(deep, stayRoom), prom.Outer(deep, prom.Outer(otherStay, stayRoom))),
					prom.Gt(prom.Inner(deep, stayFrom), prom.Outer(deep, prom.Inner(otherStay, stayFrom))),
					prom.Lt(prom.Inner(deep, stayFrom), prom.Outer(deep, prom.Outer(otherStay, stayFrom)))))), "[2]"},
			"in inside": {prom.Exists(stay, all, prom.InQuery(out(stayPays),
				prom.Pluck(stays.Where(stayRoom.Eq("west")), stayPays)), prom.Gt(in(stayPays), out(stayPays))), "[4]"},
		}
		for name, tt := range tests {
			if got := stayIDs(t, stays.Where(tt.cond)); got != tt.want {
				t.Errorf("%s: %s, not %s", name, got, tt.want)
			}
		}

		// A value of each row, read, ordered and grouped by.
		before := prom.CorrelatedSubquery(prom.Pluck(all, prom.Count(stay)), prom.Match(stayRoom, stayRoom),
			prom.Lt(in(stayFrom), out(stayFrom)))
		rows, err := prom.Pluck2(stays.OrderBy(before.Desc(), stayID.Asc()), stayID, before).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(rows), "[{3 2} {2 1} {5 1} {1 0} {4 0}]")
		groups, err := prom.Pluck2(all, before, prom.Sum(stayPays)).OrderBy(before.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(groups), "[{0 50} {1 70} {2 30}]")
		page, err := stays.Where(prom.Exists(stay, all, overlaps()...)).OrderBy(stayID.Asc()).PageAt(ctx, 1, 1)
		is.NoErr(err)
		is.Equal(page.Total, 2)
		is.Equal(page.Rows[0].ID, int64(2))
		// A union is a row around as well, and a subquery.
		both := prom.Union(stays.Where(stayRoom.Eq("east")), stays.Where(stayID.Eq(5)))
		is.Equal(stayIDs(t, both.Where(prom.Exists(stay, both, sameGuest, prom.Gt(in(stayFrom), out(stayFrom))))), "[1 2]")

		// Writes.
		n, err := stays.Where(prom.Exists(stay, all, overlaps()...)).Update(ctx, stayPays.SetTo(prom.Plus(stayPays,
			prom.OrValue(prom.CorrelatedSubquery(prom.Pluck(all, prom.Min(stayPays)), prom.Match(stayRoom, stayRoom),
				prom.Gt(in(stayFrom), out(stayFrom))), 0))))
		is.NoErr(err)
		is.Equal(n, 2)
		pays, err := prom.Pluck(stays.OrderBy(stayID.Asc()), stayPays).All(ctx)
		is.NoErr(err)
		is.Equal(pays, []int{30, 50, 30, 40, 50})
		n, err = stays.Where(prom.Exists(stay, all, sameGuest, prom.Lt(in(stayFrom), out(stayFrom)))).HardDelete(ctx)
		is.NoErr(err)
		is.Equal(n, 2)
		is.Equal(stayIDs(t, all), "[1 2 4]")
	})
}

// Ensure that what has many rows, or an unfit value, is no part of a link, and that the error says so.
func TestLinks_Refused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		stays := newStays(t, e.DSN)
		sum := prom.Sum(stayPays)
		for name, cond := range map[string]prom.Cond[*Stay]{
			"outer aggregate": prom.Exists(stay, stays.Query(), prom.Lt(prom.Inner(otherStay, stayPays),
				prom.Outer(otherStay, sum))),
			"match aggregate": prom.Exists(stay, stays.Query(), prom.Match(stayPays, sum)),
			"inner aggregate": prom.Exists(stay, stays.Query(), prom.Inner(otherStay, sum).Gt(1)),
			"inner window": prom.Exists(stay, stays.Query(),
				prom.Inner(otherStay, prom.RowNumber(prom.Window[*Stay]{})).Gt(1)),
			"null byte": prom.Exists(stay, stays.Query(), prom.Outer(otherStay, stayRoom).Eq("a\x00b")),
		} {
			_, err := stays.Where(cond).All(ctx)
			if !errors.Is(err, prom.ErrValidation) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
