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

// Cell has columns of many kinds, to be compared together.
type Cell struct {
	ID    int64 `prom:"key"`
	Sheet string
	Tag   string `prom:"nocase"`
	Col   *int
	Price string `prom:"decimal=8.2"`
	At    time.Time
	Day   time.Time `prom:"date"`
	Hash  []byte
	Live  bool
	Share float64
	Code  prom.UUID
}

var (
	cell      = prom.Proto[Cell]()
	cellID    = prom.NumberOf(cell, &cell.ID)
	cellSheet = prom.TextOf(cell, &cell.Sheet)
	cellTag   = prom.TextOf(cell, &cell.Tag)
	cellCol   = prom.NullNumberOf(cell, &cell.Col)
	cellPrice = prom.OrderedOf(cell, &cell.Price)
	cellAt    = prom.TimeOf(cell, &cell.At)
	cellDay   = prom.TimeOf(cell, &cell.Day)
	cellHash  = prom.FieldOf(cell, &cell.Hash)
	cellLive  = prom.FieldOf(cell, &cell.Live)
	cellShare = prom.NumberOf(cell, &cell.Share)
	cellCode  = prom.FieldOf(cell, &cell.Code)
)

func pairOf[A, B any](a A, b B) prom.Pair[A, B] { return prom.Pair[A, B]{A: a, B: b} }

// Ensure that several terms together are found in lists and subqueries, of every kind, as columns and as what is
// computed; that NULL is equal to nothing in them, so that a row of which the other terms differ is certainly not among
// them and any other is neither in nor out; and that their values are arguments, however many they are. parity: Q17
func TestRowValues(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		cells := prom.NewRepo[Cell](prom.Using(kit.Open(t, e.DSN)))
		noon := time.Date(2024, 2, 29, 12, 0, 0, 123456000, time.UTC)
		codes := []prom.UUID{prom.NewUUID(), prom.NewUUID(), prom.NewUUID(), prom.NewUUID()}
		for i := range 4 { // a1 x1, b2, a–, b4
			c := Cell{ID: int64(i + 1), Sheet: []string{"a", "b"}[i%2], Tag: []string{"One", "two", "ONE", "Two"}[i],
				Price: fmt.Sprintf("%d.50", i), At: noon.AddDate(0, 0, i),
				Day: noon.AddDate(0, 0, i).Truncate(24 * time.Hour), Hash: []byte{byte(i), 0,
					255}, Live: i%2 == 0, Share: float64(i) / 4, Code: codes[i]}
			if n := i + 1; n != 3 {
				c.Col = &n
			}
			is.NoErr(cells.Create(ctx, &c))
		}
		all := cells.Query()
		place := prom.Row2(cellSheet, cellCol)
		tests := map[string]struct {
			cond prom.Cond[*Cell]
			want string
		}{
			"in":          {place.In(pairOf("a", 1), pairOf("b", 4), pairOf("b", 1)), "[1 4]"},
			"crossed":     {place.In(pairOf("a", 4), pairOf("b", 1)), "[]"},
			"none":        {place.In(), "[]"},
			"not in":      {place.NotIn(pairOf("b", 2)), "[1 3 4]"}, // 3 is a, so that its NULL does not matter
			"not in null": {place.NotIn(pairOf("a", 2)), "[1 2 4]"}, // 3 is neither
			"not":         {prom.Not(place.In(pairOf("a", 2))), "[1 2 4]"},
			"not none":    {place.NotIn(), "[1 2 3 4]"},
			"not not":     {prom.Not(place.NotIn(pairOf("a", 1))), "[1]"},
			"nocase":      {prom.Row2(cellTag, cellLive).In(pairOf("one", true), pairOf("TWO", true)), "[1 3]"},
			"nocase not":  {prom.Row2(cellTag, cellLive).NotIn(pairOf("oNe", true)), "[2 4]"},
			"computed text": {prom.Row2(prom.Upper(cellTag), cellID).In(pairOf("one", int64(1)), pairOf("ONE", int64(3))),
				"[3]"},
			"decimal": {prom.Row2(cellPrice, cellSheet).In(pairOf("0.5", "a"), pairOf("3.500", "b")), "[1 4]"},
			"times":   {prom.Row2(cellAt, cellDay).In(pairOf(noon, noon), pairOf(noon.AddDate(0, 0, 1), noon)), "[1]"},
			"bytes": {prom.Row2(cellHash, cellCode).In(pairOf([]byte{1, 0, 255}, codes[1]),
				pairOf([]byte{2, 0, 255}, codes[1])), "[2]"},
			"floats": {prom.Row2(cellShare, prom.Float(cellCol)).In(pairOf(0.25, 2.0), pairOf(0.75, 4.0)), "[2 4]"},
			"three": {prom.Row3(cellSheet, cellCol, cellLive).In(prom.Triple[string, int, bool]{A: "a", B: 1, C: true},
				prom.Triple[string, int, bool]{A: "b", B: 2, C: true}), "[1]"},
			"arguments": {prom.Row2(prom.Plus(cellCol, prom.Val(cell, 10)),
				prom.Concat(cellSheet, prom.Val(cell, "!"))).In(pairOf(11, "a!"), pairOf(12, "a!")), "[1]"},
			"or null": {prom.Row2(prom.OrNull(cellCol), cellSheet).In(pairOf(new(1), "a")), "[1]"},

			"query":     {place.InQuery(prom.Pluck2(cells.Where(cellID.Lte(3)), cellSheet, cellCol)), "[1 2]"},
			"query not": {prom.Not(place.InQuery(prom.Pluck2(cells.Where(cellID.Lte(2)), cellSheet, cellCol))), "[4]"},
			// 1 may be 3
			"query not null": {prom.Not(place.InQuery(prom.Pluck2(cells.Where(cellID.In(2, 3)), cellSheet, cellCol))), "[4]"},
			"query empty":    {prom.Not(place.InQuery(prom.Pluck2(cells.Where(cellID.Gt(9)), cellSheet, cellCol))), "[1 2 3 4]"},
			"query page": {prom.Row2(cellSheet, cellID).InQuery(prom.Pluck2(cells.OrderBy(cellID.Desc()).Limit(2), cellSheet,
				cellID)), "[3 4]"},
			"query groups": {prom.Row2(cellSheet, cellID).InQuery(prom.Pluck2(all, cellSheet, prom.Max(cellID))), "[3 4]"},
			"query nocase": {prom.Row2(cellTag, cellSheet).InQuery(prom.Pluck2(cells.Where(cellID.Eq(1)), prom.Upper(cellTag),
				cellSheet)), "[1 3]"},
			"query nocase 2": {prom.Row2(prom.Lower(cellTag), cellSheet).InQuery(prom.Pluck2(cells.Where(cellID.Eq(1)), cellTag,
				cellSheet)), "[1 3]"},
			"query decimal": {prom.Row2(cellPrice, cellID).InQuery(prom.Pluck2(all, cellPrice,
				prom.Minus(cellID, prom.Val(cell, int64(0))))), "[1 2 3 4]"},
			"query moments": {prom.Row2(cellAt, cellDay).InQuery(prom.Pluck2(all, cellDay, cellAt)), "[]"},
			"query moment":  {prom.Row2(cellDay, cellID).InQuery(prom.Pluck2(all, cellAt, cellID)), "[]"},
			"query day": {prom.Row2(cellDay, cellDay).InQuery(prom.Pluck2(cells.Where(cellID.Eq(2)), cellDay, cellDay)),
				"[2]"},
			"query three": {prom.Row3(cellSheet, cellCol, cellID).InQuery(prom.Pluck3(cells.Where(cellID.Ne(1)), cellSheet,
				cellCol, cellID)), "[2 4]"},
			"query same": {prom.Row2(cellSheet, cellSheet).InQuery(prom.Pluck2(cells.Where(cellID.Eq(2)), cellSheet,
				cellSheet)), "[2 4]"},
			"linked": {prom.Exists(cell, all, prom.Row2(prom.Inner(twoCells, cellID), prom.Outer(twoCells, cellSheet)).
				In(pairOf(int64(1), "b"), pairOf(int64(9), "a"))), "[2 4]"},
		}
		for name, tt := range tests {
			got, err := prom.Pluck(cells.Where(tt.cond), cellID).OrderBy(cellID.Asc()).All(ctx)
			if err != nil || fmt.Sprint(got) != tt.want {
				t.Errorf("%s: %v, %v, not %s", name, got, err, tt.want)
			}
		}
		// The columns of a selection go by their fields.
		pair := prom.Proto[prom.Pair[string, int64]]()
		turned := prom.Select(cells.Where(cellID.Eq(2)), pair, prom.Col(&pair.B, cellID), prom.Col(&pair.A, cellSheet))
		got, err := prom.Pluck(cells.Where(prom.Row2(cellSheet, cellID).InQuery(turned)), cellID).All(ctx)
		is.NoErr(err)
		is.Equal(got, []int64{2})
		_, err = cells.Where(prom.Row2(cellSheet, cellID).InQuery(prom.Select(all, pair,
			prom.Col(&pair.A, cellSheet)))).All(ctx)
		is.True(errors.Is(err, prom.ErrValidation))

		// NULL is no value of a list, and one that does not fit is refused.
		_, err = cells.Where(prom.Row2(prom.OrNull(cellCol), cellSheet).In(pairOf[*int](nil, "a"))).All(ctx)
		is.True(errors.Is(err, prom.ErrValidation))
		_, err = cells.Where(prom.OrNull(cellCol).In(nil)).All(ctx)
		is.True(errors.Is(err, prom.ErrValidation))
		_, err = cells.Where(prom.Row2(cellSheet, cellID).In(pairOf("a\x00", int64(1)))).All(ctx)
		is.True(errors.Is(err, prom.ErrValidation))

		// Many values, what looks like SQL, another number of values by the text of before; and writes.
		many := make([]prom.Pair[string, int], 70_000)
		for i := range many {
			many[i] = pairOf("'); --", i)
		}
		many[69_999] = pairOf("b", 4)
		n, err := cells.Where(place.In(many...)).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
		n, err = cells.Where(place.In(pairOf("a", 1)), prom.Row2(cellID, cellSheet).NotIn(pairOf(int64(7), "a"))).Update(ctx,
			cellSheet.Set("c"))
		is.NoErr(err)
		is.Equal(n, 1)
		in, err := prom.Pluck2(cells.OrderBy(cellID.Asc()), cellID,
			prom.OrNull(place.In(pairOf("c", 1), pairOf("a", 2)))).All(ctx)
		is.NoErr(err)
		for i, want := range []*bool{new(true), new(false), nil, new(false)} {
			is.Equal(in[i].B, want)
		}
		groups, err := prom.Pluck2(all, cellSheet, prom.Count(cell)).Having(prom.Row2(cellSheet,
			prom.Count(cell)).In(pairOf("b", int64(2)))).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(groups), "[{b 2}]")
		n, err = cells.Where(place.InQuery(prom.Pluck2(cells.Where(cellLive.Eq(false)), cellSheet, cellCol))).Delete(ctx)
		is.NoErr(err)
		is.Equal(n, 2)
	})
}

var twoCells = prom.Correlate(cell, cell)
