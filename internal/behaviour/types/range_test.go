package types_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// booking has ranges of each type.
type booking struct {
	ID     int64 `prom:"key,auto"`
	Room   string
	At     time.Time
	During prom.Range[time.Time]  `prom:"index,using=gist"`
	Days   *prom.Range[time.Time] `prom:"date"`
	Local  prom.Range[time.Time]  `prom:"type=tsrange"`
	Seats  prom.Range[int32]      `prom:"unique"`
	Big    prom.Range[int]
	Price  prom.Range[string]
	Free   prom.MultiRange[int64]
}

var (
	bookingOf     = prom.Proto[booking]()
	bookingID     = prom.NumberOf(bookingOf, &bookingOf.ID)
	bookingRoom   = prom.TextOf(bookingOf, &bookingOf.Room)
	bookingAt     = prom.TimeOf(bookingOf, &bookingOf.At)
	bookingDuring = prom.RangeOf(bookingOf, &bookingOf.During)
	bookingDays   = prom.NullRangeOf(bookingOf, &bookingOf.Days)
	bookingLocal  = prom.RangeOf(bookingOf, &bookingOf.Local)
	bookingSeats  = prom.RangeOf(bookingOf, &bookingOf.Seats)
	bookingBig    = prom.RangeOf(bookingOf, &bookingOf.Big)
	bookingPrice  = prom.RangeOf(bookingOf, &bookingOf.Price)
	bookingFree   = prom.OrderedOf(bookingOf, &bookingOf.Free)
)

// at is an hour of January 2024, counted from its beginning.
func at(hour int) time.Time { return time.Date(2024, 1, 1, hour, 0, 0, 0, time.UTC) }

func bookingWith(n int) booking {
	tokyo := time.FixedZone("", 9*3600)
	days := prom.ClosedRange(at(24*n), at(24*n+48))
	return booking{
		Room: fmt.Sprint("room ", n%3), At: at(n),
		During: prom.NewRange(at(n).In(tokyo).Add(time.Nanosecond), at(n+2)),
		Days:   &days,
		Local:  prom.Range[time.Time]{Lower: at(n).Add(500 * time.Millisecond), Upper: at(n + 1), LowerExclusive: true, UpperInclusive: true},
		Seats:  prom.ClosedRange(int32(n), int32(n+3)),
		Big:    prom.RangeFrom(n),
		Price:  prom.NewRange("-0.50", fmt.Sprintf("%d.250", n)),
		Free:   prom.MultiRange[int64]{prom.NewRange(int64(10), 20), prom.NewRange(int64(n), int64(n)), prom.ClosedRange[int64](5, 9), prom.RangeFrom[int64](30)},
	}
}

func sameBooking(is *is.I, got booking, n int) {
	is.Helper()
	is.Equal(got.During, prom.NewRange(at(n), at(n+2)))
	is.Equal(*got.Days, prom.NewRange(at(24*n), at(24*n+72))) // days without the upper bound
	is.Equal(got.Local, prom.Range[time.Time]{Lower: at(n).Add(500 * time.Millisecond), Upper: at(n + 1), LowerExclusive: true, UpperInclusive: true})
	is.Equal(got.Seats, prom.NewRange(int32(n), int32(n+4)))
	is.Equal(got.Big, prom.RangeFrom(n))
	is.Equal(got.Price, prom.NewRange("-0.5", fmt.Sprintf("%d.25", n)))
	is.Equal(got.Free, prom.MultiRange[int64]{prom.NewRange(int64(5), 20), prom.RangeFrom[int64](30)})
}

// Ensure that ranges and multiranges come back in their one form, on each way of writing.
// suite: 33
func TestRangeWrites(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[booking](prom.Using(db))
		same := func(id int64, n int) {
			is.Helper()
			got, err := repo.Get(ctx, id)
			is.NoErr(err)
			sameBooking(is, *got, n)
		}
		row := bookingWith(1)
		is.NoErr(repo.Create(ctx, &row))
		same(row.ID, 1)
		for _, n := range []int{2, 3100} {
			many := make([]booking, n)
			for i := range many {
				many[i] = bookingWith(2 + i)
			}
			is.NoErr(repo.CreateMany(ctx, many))
			last, err := repo.Where(bookingSeats.Eq(prom.NewRange(int32(n+1), int32(n+5)))).One(ctx)
			is.NoErr(err)
			sameBooking(is, *last, n+1)
			_, err = repo.Where(bookingID.Gt(row.ID)).Delete(ctx)
			is.NoErr(err)
		}
		// Unique by value, and an upsert that meets the same range in another form.
		twin := bookingWith(1)
		is.True(errors.Is(repo.Create(ctx, &twin), prom.ErrUnique))
		twin.Room, twin.Seats = "upsert", prom.NewRange(int32(1), 5)
		is.NoErr(upsert(ctx, repo, &twin))
		is.Equal(twin.ID, row.ID)

		saved, err := repo.Get(ctx, row.ID)
		is.NoErr(err)
		changed := bookingWith(7)
		changed.ID = row.ID
		*saved = changed
		is.NoErr(repo.Save(ctx, saved))
		same(row.ID, 7)
		n, err := repo.Where(bookingID.Eq(row.ID)).Update(ctx, bookingSeats.Set(prom.Range[int32]{}), bookingDays.SetNull(),
			bookingPrice.Set(prom.UnboundedRange[string]()), bookingFree.Set(nil), bookingLocal.SetTo(bookingLocal),
			bookingDuring.Set(prom.NewRange(at(3), at(3))), bookingBig.Set(prom.RangeUntil(3)))
		is.NoErr(err)
		is.Equal(n, 1)
		got, err := repo.Get(ctx, row.ID)
		is.NoErr(err)
		is.True(got.Days == nil)
		is.Equal(got.Seats, prom.Range[int32]{})
		is.Equal(got.Price, prom.UnboundedRange[string]())
		is.Equal(got.Big, prom.RangeUntil(3))
		is.Equal(got.During, prom.Range[time.Time]{})
		is.Equal(len(got.Free), 0)

		var dump bytes.Buffer
		is.NoErr(prom.Dump(ctx, &dump, repo))
		_, err = repo.Query().WithoutWhere().Delete(ctx)
		is.NoErr(err)
		is.NoErr(prom.Restore(ctx, &dump, repo))
		again, err := repo.Get(ctx, row.ID)
		is.NoErr(err)
		is.Equal(again, got)
		plan, err := prom.Plan(ctx, repo)
		is.NoErr(err)
		is.Equal(plan.Empty(), true)

		for _, bad := range []func(*booking){
			func(b *booking) { b.Seats = prom.NewRange(int32(2), 1) },
			func(b *booking) { b.Seats = prom.ClosedRange(int32(2), math.MaxInt32) },
			func(b *booking) { b.Big = prom.ClosedRange(2, math.MaxInt) },
			func(b *booking) { b.Price = prom.NewRange("1", "x") },
			func(b *booking) { b.Price = prom.RangeFrom("NaN") },
			func(b *booking) {
				b.Days = &prom.Range[time.Time]{LowerUnbounded: true, Upper: time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), UpperInclusive: true}
			},
			func(b *booking) { b.During = prom.RangeFrom(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)) },
			func(b *booking) { b.Free = prom.MultiRange[int64]{prom.NewRange[int64](2, 1)} },
		} {
			row := bookingWith(99)
			bad(&row)
			is.True(errors.Is(repo.Create(ctx, &row), prom.ErrValidation))
		}
		_, err = repo.Where(bookingSeats.Overlaps(prom.NewRange(int32(2), 1))).Count(ctx)
		is.True(errors.Is(err, prom.ErrValidation))
		if e.Name == dbtest.NamePostgres {
			is.Equal(kit.ScanOne[string](t, db, `SELECT concat_ws(' ', pg_typeof(during), pg_typeof(days), pg_typeof(local), pg_typeof(seats), pg_typeof(big),
				pg_typeof(price), pg_typeof(free)) FROM booking`), "tstzrange daterange tsrange int4range int8range numrange int8multirange")
		}
	})
}

func upsert(ctx context.Context, repo *prom.Repo[booking], b *booking) error {
	_, err := repo.OnConflict(bookingSeats).Update(bookingRoom.SetTo(prom.Excluded(bookingRoom))).Create(ctx, b)
	return err
}

// Ensure that queries find ranges, in each place where a term may stand.
// suite: 33
func TestRangeQueries(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[booking](prom.Using(db))
		rows := make([]booking, 6)
		for i := range rows {
			rows[i] = bookingWith(i + 1)
		}
		rows[5].Days, rows[5].During = nil, prom.Range[time.Time]{}
		if err := repo.CreateMany(ctx, rows); err != nil {
			t.Fatal(err)
		}
		both := prom.Correlate(bookingOf, bookingOf)
		for name, q := range map[string]struct {
			cond prom.Cond[*booking]
			want []int64
		}{
			"contains":        {bookingDuring.Contains(at(3)), []int64{2, 3}},
			"contains day":    {bookingDays.Contains(at(24 * 3).Add(5 * time.Hour)), []int64{1, 2, 3}},
			"contains local":  {bookingLocal.Contains(at(2)), []int64{1}},
			"contains number": {bookingPrice.Contains("4.25"), []int64{5, 6}},
			"unbounded":       {bookingBig.Contains(4), []int64{1, 2, 3, 4}},
			"contains range":  {bookingDuring.ContainsRange(prom.NewRange(at(3), at(4))), []int64{2, 3}},
			"contained":       {bookingDuring.ContainedBy(prom.NewRange(at(2), at(5))), []int64{2, 3, 6}},
			"overlaps":        {bookingDuring.Overlaps(prom.NewRange(at(1), at(3))), []int64{1, 2}},
			"overlaps local":  {bookingLocal.Overlaps(prom.ClosedRange(at(2), at(2))), []int64{1}},
			"adjacent":        {bookingDuring.Adjacent(prom.NewRange(at(0), at(3))), []int64{3}},
			"adjacent seats":  {bookingSeats.Adjacent(prom.ClosedRange(int32(9), 12)), []int64{5}},
			"before":          {bookingDuring.Before(prom.RangeFrom(at(4))), []int64{1, 2}},
			"after":           {bookingDuring.After(prom.RangeUntil(at(4))), []int64{4, 5}},
			"not":             {prom.Not(bookingDays.Overlaps(prom.RangeUntil(at(24 * 3)))), []int64{3, 4, 5}},
			"eq":              {bookingDuring.Eq(prom.NewRange(at(3), at(5))), []int64{3}},
			"eq empty":        {bookingDuring.Eq(prom.NewRange(at(9), at(9))), []int64{6}},
			"eq local":        {bookingLocal.Eq(rows[1].Local), []int64{2}},
			"ne":              {bookingDays.Ne(*bookingWith(1).Days), []int64{2, 3, 4, 5}},
			"in":              {bookingDays.In(*bookingWith(1).Days, *bookingWith(6).Days, *bookingWith(3).Days), []int64{1, 3}},
			"not in":          {bookingSeats.NotIn(prom.NewRange(int32(1), 5), prom.ClosedRange(int32(2), 5)), []int64{3, 4, 5, 6}},
			"in numbers":      {bookingPrice.In(prom.NewRange("-.5", "02.25")), []int64{2}},
			"null":            {bookingDays.IsNull(), []int64{6}},
			"is nil":          {bookingDays.Is(nil), []int64{6}},
			"is not":          {bookingDays.IsNot(bookingWith(1).Days), []int64{2, 3, 4, 5, 6}},
			"empty":           {prom.RangeIsEmpty(bookingDuring), []int64{6}},
			"lower":           {prom.RangeLower(bookingDuring).Gte(at(4)), []int64{4, 5}},
			"lower local":     {prom.RangeLower(bookingLocal).Lt(at(2)), []int64{1}},
			"upper":           {prom.RangeUpper(bookingSeats).Gt(8), []int64{5, 6}},
			"upper day":       {prom.RangeUpper(bookingDays).Eq(at(24 * 5)), []int64{2}},
			"upper null":      {prom.RangeUpper(bookingBig).IsNull(), []int64{1, 2, 3, 4, 5, 6}},
			"upper number":    {prom.RangeUpper(bookingPrice).Eq("5.25"), []int64{5}},
			"two columns":     {prom.RangeContains(bookingDuring, bookingAt), []int64{1, 2, 3, 4, 5}},
			"day of a column": {prom.RangeContains(bookingDays, prom.PlusDays(bookingAt, prom.Val(bookingOf, 3))), []int64{1, 2, 3}},
			"of a constant":   {prom.RangeContains(bookingDays, prom.Val(bookingOf, at(24*3))), []int64{1, 2, 3}},
			"multi":           {prom.RangeContains(bookingFree, prom.Val(bookingOf, int64(19))), []int64{1, 2, 3, 4, 5, 6}},
			"multi not":       {prom.RangeContains(bookingFree, prom.Val(bookingOf, int64(20))), nil},
			"multi eq":        {bookingFree.Eq(rows[0].Free), []int64{1, 2, 3, 4, 5, 6}},
			"multi and range": {prom.RangeOverlaps(bookingFree, prom.Val(bookingOf, prom.NewRange(int64(20), 30))), nil},
			"multi in range":  {prom.RangeContainsRange(prom.Val(bookingOf, prom.RangeFrom(int64(5))), bookingFree), []int64{1, 2, 3, 4, 5, 6}},
			"days":            {prom.RangeOverlaps(bookingDays, prom.Val(bookingOf, prom.ClosedRange(at(0), at(24)))), []int64{1}},
			"days and none":   {prom.RangeOverlaps(bookingDays, prom.Val(bookingOf, prom.MultiRange[time.Time]{prom.NewRange(at(1), at(23))})), nil},
			"constant":        {prom.RangeBefore(prom.Val(bookingOf, prom.NewRange(at(0), at(2))), bookingDuring), []int64{2, 3, 4, 5}},
			"computed eq":     {prom.Coalesce(bookingDays, prom.Val(bookingOf, *bookingWith(1).Days)).Eq(*bookingWith(1).Days), []int64{1, 6}},
			"computed in":     {prom.Coalesce(bookingLocal, bookingDuring).In(bookingWith(2).Local), []int64{2}},
			"computed terms":  {prom.Eq(prom.Coalesce(bookingDuring, bookingLocal), bookingDuring), []int64{1, 2, 3, 4, 5, 6}},
			"computed less":   {prom.Coalesce(bookingSeats, bookingSeats).Lt(prom.NewRange(int32(2), 7)), []int64{1, 2}},
			"subquery":        {prom.InQuery(bookingDuring, prom.Pluck(repo.Where(bookingID.Eq(3)), bookingDuring)), []int64{3}},
			"case":            {prom.Truth(prom.Case(prom.Val(bookingOf, false), prom.Then(bookingDuring.Contains(at(3)), prom.Val(bookingOf, true)))), []int64{2, 3}},
			"coalesce":        {prom.RangeContains(prom.Coalesce(bookingDays, prom.Val(bookingOf, *bookingWith(1).Days)), prom.Val(bookingOf, at(24))), []int64{1, 6}},
			// Bookings that later ones overlap.
			"correlated": {prom.Exists(bookingOf, repo.Query(), prom.Gt(prom.Inner(both, bookingID), prom.Outer(both, bookingID)),
				prom.RangeOverlaps(prom.Inner(both, bookingDuring), prom.Outer(both, bookingDuring))), []int64{1, 2, 3, 4}},
		} {
			t.Run(name, func(t *testing.T) {
				is := is.New(t)
				ids, err := prom.Pluck(repo.Where(q.cond), bookingID).OrderBy(bookingID.Asc()).All(ctx)
				is.NoErr(err)
				is.True(slices.Equal(ids, q.want))
			})
		}
		is := is.New(t)
		ids, err := prom.Pluck(repo.Query(), bookingID).OrderBy(bookingDuring.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(ids, []int64{6, 1, 2, 3, 4, 5})
		page, err := repo.Query().OrderBy(bookingDuring.Desc()).KeysetPage(ctx, "", 2)
		is.NoErr(err)
		page, err = repo.Query().OrderBy(bookingDuring.Desc()).KeysetPage(ctx, page.Next, 3)
		is.NoErr(err)
		is.Equal(page.Rows[2].ID, int64(1))
		is.Equal(page.Rows[0].ID, int64(3))
		during, err := prom.Pluck(repo.Query(), bookingDuring).OrderBy(bookingID.Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(during[0], prom.NewRange(at(1), at(3)))
		computed, err := prom.Pluck(repo.Query(), bookingID).OrderBy(prom.Coalesce(bookingSeats, bookingSeats).Desc()).Limit(1).All(ctx)
		is.NoErr(err)
		is.Equal(computed, []int64{6})
		seats, err := prom.Pluck(repo.Query(), prom.Min(prom.Coalesce(bookingSeats, bookingSeats))).All(ctx)
		is.NoErr(err)
		is.Equal(seats[0], prom.NewRange(int32(1), 5))
		most, err := prom.Pluck(repo.Query(), prom.Max(bookingDays)).All(ctx)
		is.NoErr(err)
		is.Equal(most[0], prom.NewRange(at(24*5), at(24*8)))
		lower, err := prom.Pluck(repo.Query(), prom.OrNull(prom.RangeLower(bookingDays))).OrderBy(bookingID.Desc()).All(ctx)
		is.NoErr(err)
		is.True(lower[0] == nil)
		is.Equal(*lower[1], at(24*5))
		groups, err := prom.Pluck2(repo.Query(), bookingDays, prom.Count(bookingOf)).Having(prom.Count(bookingOf).Gte(1)).OrderBy(bookingDays.Asc()).Limit(1).All(ctx)
		is.NoErr(err)
		is.Equal(groups[0].A, prom.NewRange(at(24), at(96)))
		n, err := repo.Where(bookingDuring.Overlaps(prom.NewRange(at(1), at(2)))).Update(ctx, bookingRoom.Set("taken"))
		is.NoErr(err)
		is.Equal(n, 1)
	})
}

// Ensure that the operators have the same results in Go, on SQLite and on PostgreSQL, and that all agree on the order.
// suite: 33
func TestRangeOperatorsAgree(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 7))
	boundOf := func(r *rand.Rand) int { return r.IntN(7) - 3 }
	ranges := make([]prom.Range[int32], 60)
	prices := make([]prom.Range[string], len(ranges))
	rows := make([]operand, len(ranges))
	for i := range ranges {
		low, high := boundOf(random), boundOf(random)
		if high < low {
			low, high = high, low
		}
		r := prom.Range[int32]{Lower: int32(low), Upper: int32(high), LowerExclusive: random.IntN(2) == 0, UpperInclusive: random.IntN(2) == 0,
			LowerUnbounded: random.IntN(8) == 0, UpperUnbounded: random.IntN(8) == 0}
		p := prom.Range[string]{Lower: fmt.Sprintf("%d.%d", low, random.IntN(2)), Upper: fmt.Sprintf("%d.50", high+1), LowerExclusive: r.LowerExclusive,
			UpperInclusive: r.UpperInclusive, LowerUnbounded: r.LowerUnbounded, UpperUnbounded: r.UpperUnbounded}
		ranges[i], prices[i] = r, p
		rows[i] = operand{ID: int64(i + 1), Whole: r, Price: p}
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[operand](prom.Using(kit.Open(t, e.DSN)))
		is.NoErr(repo.CreateMany(ctx, slices.Clone(rows)))
		own := rand.New(rand.NewPCG(7, 3)) // the engines run at the same time
		bound := func() int { return boundOf(own) }
		agreesOn(t, repo, operandWhole, ranges, func() int32 { return int32(bound()) })
		agreesOn(t, repo, operandPrice, prices, func() string { return fmt.Sprintf("%d.5", bound()) })
		byOrder, err := prom.Pluck(repo.Query(), operandWhole).OrderBy(operandWhole.Asc(), operandID.Asc()).All(ctx)
		is.NoErr(err)
		for i := 1; i < len(byOrder); i++ {
			is.True(compareRanges(byOrder[i-1], byOrder[i]) <= 0)
		}
	})
}

type operand struct {
	ID    int64 `prom:"key"`
	Whole prom.Range[int32]
	Price prom.Range[string]
}

var (
	operandOf    = prom.Proto[operand]()
	operandID    = prom.NumberOf(operandOf, &operandOf.ID)
	operandWhole = prom.RangeOf(operandOf, &operandOf.Whole)
	operandPrice = prom.RangeOf(operandOf, &operandOf.Price)
)

// compareRanges is the order of ranges, said once more.
func compareRanges(a, b prom.Range[int32]) int {
	key := func(r prom.Range[int32]) [3]int64 {
		switch {
		case r.IsEmpty():
			return [3]int64{-1}
		case r.LowerUnbounded && r.UpperUnbounded:
			return [3]int64{0, math.MinInt64, math.MaxInt64}
		case r.LowerUnbounded:
			return [3]int64{0, math.MinInt64, int64(r.Upper)}
		case r.UpperUnbounded:
			return [3]int64{0, int64(r.Lower), math.MaxInt64}
		}
		return [3]int64{0, int64(r.Lower), int64(r.Upper)}
	}
	x, y := key(a), key(b)
	return slices.Compare(x[:], y[:])
}

func agreesOn[T prom.RangeValue](t *testing.T, repo *prom.Repo[operand], f *prom.RangeField[*operand, T], ranges []prom.Range[T], value func() T) {
	t.Helper()
	is := is.New(t)
	ctx := context.Background()
	for i, r := range ranges {
		if i%4 != 0 {
			continue
		}
		v := value()
		for name, op := range map[string]struct {
			cond prom.Cond[*operand]
			in   func(own prom.Range[T]) bool
		}{
			"eq":           {f.Eq(r), r.Equal},
			"overlaps":     {f.Overlaps(r), r.Overlaps},
			"adjacent":     {f.Adjacent(r), r.Adjacent},
			"contains":     {f.ContainsRange(r), func(own prom.Range[T]) bool { return own.ContainsRange(r) }},
			"contained by": {f.ContainedBy(r), r.ContainsRange},
			"has":          {f.Contains(v), func(own prom.Range[T]) bool { return own.Contains(v) }},
		} {
			ids, err := prom.Pluck(repo.Where(op.cond), operandID).OrderBy(operandID.Asc()).All(ctx)
			is.NoErr(err)
			var want []int64
			for j, own := range ranges {
				if op.in(own) {
					want = append(want, int64(j+1))
				}
			}
			if !slices.Equal(ids, want) {
				t.Errorf("%s %s %v: %v, want %v", name, r, v, ids, want)
			}
		}
	}
}

// Ensure that an index serves the conditions on PostgreSQL, that a foreign column without a zone is one in UTC, that what
// a time cannot hold is an error, and that what an exclusion constraint of others says is [prom.ErrUnique].
// suite: 33
func TestRangePostgres(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	dsn := dbtest.Postgres(t)
	db := kit.Open(t, dbtest.Engine{DSN: dsn}.With("timezone=Asia/Tokyo&enable_seqscan=off"))
	kit.RunSQL(t, db, `CREATE TABLE booking (id bigserial PRIMARY KEY, room text NOT NULL, at timestamptz NOT NULL, during tsrange NOT NULL,
		days daterange, local tstzrange NOT NULL, seats int8range NOT NULL UNIQUE, big int4range NOT NULL, price numrange NOT NULL, free int8multirange NOT NULL,
		CONSTRAINT once EXCLUDE USING gist (during WITH &&))`,
		`CREATE INDEX booking_days ON booking USING gist (days)`)
	repo := prom.NewRepo[booking](prom.Using(db))
	for n := range 5 {
		row := bookingWith(3 * n)
		is.NoErr(repo.Create(ctx, &row))
	}
	got, err := repo.Where(bookingDuring.Contains(at(4)), bookingLocal.Contains(at(4)), prom.RangeContains(bookingDuring, bookingAt)).One(ctx)
	is.NoErr(err)
	sameBooking(is, *got, 3)
	is.Equal(kit.ScanOne[string](t, db, `SELECT during::text FROM booking WHERE id = 2`), `["2024-01-01 03:00:00","2024-01-01 05:00:00")`)
	twin := bookingWith(4)
	err = repo.Create(ctx, &twin)
	is.True(errors.Is(err, prom.ErrUnique))
	plan, err := prom.Plan(ctx, repo)
	is.NoErr(err)
	is.True(plan.Empty()) // the types hold the ranges, and the constraint's index is one on during

	for name, cond := range map[string]prom.Cond[*booking]{
		"contains": bookingDays.Contains(at(30)), "overlaps": bookingDays.Overlaps(prom.NewRange(at(30), at(60))),
		"contained": bookingDays.ContainedBy(prom.RangeFrom(at(30))), "adjacent": bookingDays.Adjacent(prom.RangeFrom(at(30))),
		"before": bookingDays.Before(prom.RangeFrom(at(30))), "after": bookingDays.After(prom.RangeUntil(at(30))),
		"eq": bookingDays.Eq(prom.RangeFrom(at(30))),
	} {
		sql, args, err := repo.Where(cond).SQL()
		is.NoErr(err)
		lines, err := prom.RawQuery[string](db, "EXPLAIN "+sql, args...).All(ctx)
		is.NoErr(err)
		if !strings.Contains(strings.Join(lines, "\n"), "booking_days") {
			t.Errorf("%s: %s\n%s", name, sql, strings.Join(lines, "\n"))
		}
	}

	kit.RunSQL(t, db, `UPDATE booking SET local = '[2024-01-01,infinity]' WHERE id = 1`)
	_, err = repo.Get(ctx, 1)
	is.True(errors.Is(err, prom.ErrType))
}

// Ensure that ranges have texts that are read back, that an invalid one counts as empty, and that none is a text with
// another form.
func TestRangeTexts(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	type doc struct {
		Seats prom.Range[int]
		At    *prom.Range[time.Time]
		Free  prom.MultiRange[string]
	}
	day := prom.NewRange(at(0).In(time.FixedZone("", 3600)), at(24))
	d := doc{Seats: prom.ClosedRange(1, 4), At: &day, Free: prom.MultiRange[string]{prom.RangeFrom("2.50"), prom.ClosedRange("1", "2")}}
	text, err := json.Marshal(d)
	is.NoErr(err)
	is.Equal(string(text), `{"Seats":"[1,5)","At":"[\"2024-01-01 00:00:00+00\",\"2024-01-02 00:00:00+00\")","Free":"{[1,2],[2.5,)}"}`)
	var back doc
	is.NoErr(json.Unmarshal(text, &back))
	is.Equal(back.Seats, prom.NewRange(1, 5))
	is.Equal(*back.At, prom.NewRange(at(0), at(24)))
	is.True(back.Free.Equal(d.Free))
	is.True(back.Free.Contains("1.999") && !back.Free.Contains("2.1") && !back.Free.Contains("x"))
	is.True(back.Free.Overlaps(prom.MultiRange[string]{prom.ClosedRange("0", "1")}))
	is.Equal(prom.UnboundedRange[int32]().String(), "(,)")
	is.Equal(prom.MultiRange[int]{}.String(), "{}")
	is.True(prom.Range[string]{}.IsEmpty() && prom.Range[time.Time]{}.IsEmpty() && prom.MultiRange[int]{prom.NewRange(1, 1)}.IsEmpty())

	backward := prom.NewRange(2, 1)
	is.True(backward.IsEmpty() && !backward.Contains(1) && !backward.Overlaps(prom.UnboundedRange[int]()))
	_, err = backward.MarshalText()
	is.True(err != nil && !strings.Contains(err.Error(), "2"))
	for _, bad := range []string{"[1,x)", "12", "[9223372036854775808,)", "[2,1]", `["2024-01-01",)`} {
		err := new(prom.Range[int]).UnmarshalText([]byte(bad))
		is.True(err != nil && !strings.Contains(err.Error(), bad))
	}
}
