package read_test

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

// Wagons belong to a train, which has a line, and may have a guest train.
type (
	railway struct {
		ID   int `prom:"key"`
		Name string
	}
	train struct {
		ID   int `prom:"key"`
		Line prom.RefBy[railway, int]
		Open bool
		Gone *time.Time `prom:"deleted"`
	}
	wagon struct {
		ID    int `prom:"key"`
		Train prom.RefBy[train, int]
		Guest *prom.RefBy[train, int]
	}
)

var (
	railwayProto = prom.Proto[railway]()
	trainProto   = prom.Proto[train]()
	wagonProto   = prom.Proto[wagon]()
	railwayID    = prom.NumberOf(railwayProto, &railwayProto.ID)
	railwayName  = prom.TextOf(railwayProto, &railwayProto.Name)
	trainID      = prom.NumberOf(trainProto, &trainProto.ID)
	trainLine    = prom.RefOf(trainProto, &trainProto.Line)
	trainOpen    = prom.FieldOf(trainProto, &trainProto.Open)
	wagonID      = prom.NumberOf(wagonProto, &wagonProto.ID)
	wagonTrain   = prom.RefOf(wagonProto, &wagonProto.Train)
	wagonGuest   = prom.NullRefOf(wagonProto, &wagonProto.Guest)
)

// newTrains stores two lines, trains 1 of the first and 2 and 3 of the second, of which 3 is soft-deleted, and wagons 1
// to 3 of these, of which the first has the second as its guest.
func newTrains(tb testing.TB, db *prom.DB) {
	tb.Helper()
	ctx := context.Background()
	must := func(err error) {
		if err != nil {
			tb.Fatal(err)
		}
	}
	lines, trains, wagons := prom.NewRepo[railway](prom.Using(db)), prom.NewRepo[train](prom.Using(db)), prom.NewRepo[wagon](prom.Using(db))
	for i := 1; i <= 2; i++ {
		must(lines.Create(ctx, &railway{ID: i, Name: fmt.Sprint("line ", i)}))
	}
	for i := 1; i <= 3; i++ {
		must(trains.Create(ctx, &train{ID: i, Line: prom.NewRefBy[railway](min(i, 2)), Open: true}))
	}
	for i := 1; i <= 3; i++ {
		w := wagon{ID: i, Train: prom.NewRefBy[train](i)}
		if i == 1 {
			w.Guest = new(prom.NewRefBy[train](2))
		}
		must(wagons.Create(ctx, &w))
	}
	n, err := trains.Where(trainID.Eq(3)).Delete(ctx)
	if err != nil || n != 1 {
		tb.Fatal(n, err)
	}
}

// Ensure that a query locks the rows that it is told to, its own or those behind references, and no others; and that it
// finds the same rows as without a lock, on both engines. parity: G12
func TestLockOf(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := kit.Ended(t)
		db, other := kit.Open(t, e.DSN), kit.Open(t, e.DSN)
		newTrains(t, db)
		wagons := prom.NewRepo[wagon](prom.Using(db))
		theirs := struct {
			lines  *prom.Repo[railway]
			trains *prom.Repo[train]
			wagons *prom.Repo[wagon]
		}{prom.NewRepo[railway](prom.Using(other)), prom.NewRepo[train](prom.Using(other)), prom.NewRepo[wagon](prom.Using(other))}
		line, of := prom.Via(wagonTrain, prom.Via(trainLine, railwayID)), prom.Via(wagonTrain, trainID)
		all := wagons.OrderBy(wagonID.Asc())
		for name, tt := range map[string]struct {
			q                    *prom.Query[wagon]
			rows                 string
			lines, trains, mines string // those that others can lock then
		}{
			"own":      {prom.LockOf(all.ForUpdate(), wagonID), "[1 2 3]", "[1 2]", "[1 2 3]", "[]"},
			"parent":   {prom.LockOf(all.Where(wagonID.Eq(1)).ForUpdate(), of), "[1]", "[1 2]", "[2 3]", "[1 2 3]"},
			"reversed": {prom.LockOf(all.Where(wagonID.Eq(1)), of).ForUpdate(), "[1]", "[1 2]", "[2 3]", "[1 2 3]"},
			"both": {prom.LockOf(all.Where(wagonID.Eq(1)).ForUpdate(), of, wagonID, of), "[1]", "[1 2]", "[2 3]",
				"[2 3]"},
			"two levels": {prom.LockOf(all.Where(wagonID.Gt(1)).ForUpdate(), line), "[2 3]", "[1]", "[1 2 3]", "[1 2 3]"},
			"deleted":    {prom.LockOf(all.Where(wagonID.Eq(3)).ForUpdate(), of), "[3]", "[1 2]", "[1 2]", "[1 2 3]"},
			"by a parent": {prom.LockOf(all.Where(prom.Via(wagonTrain,
				prom.Via(trainLine, railwayName)).Eq("line 2")).ForUpdate(), of), "[2]", "[1 2]", "[1 3]", "[1 2 3]"},
			"and guest": {prom.LockOf(all.Where(prom.Via(wagonGuest, trainOpen).IsNull()).ForUpdate(), of), "[2 3]", "[1 2]",
				"[1]", "[1 2 3]"},
			"a guest": {prom.LockOf(all.Where(wagonGuest.NotNull()).ForUpdate(), prom.Via(wagonGuest, trainID)), "[1]",
				"[1 2]", "[1 3]", "[1 2 3]"},
			"guest's line": {prom.LockOf(all.Where(wagonGuest.NotNull()).ForUpdate(),
				prom.Via(wagonGuest, prom.Via(trainLine, railwayID))), "[1]", "[1]", "[1 2 3]", "[1 2 3]"},
			"page": {prom.LockOf(all.Where(wagonID.Gt(1)).Limit(1).ForUpdate(), of, wagonID), "[2]", "[1 2]", "[1 3]",
				"[1 3]"},
		} {
			is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
				list, err := tt.q.All(ctx)
				is.NoErr(err)
				ids := []int{}
				for _, w := range list {
					ids = append(ids, w.ID)
				}
				if fmt.Sprint(ids) != tt.rows {
					t.Errorf("%s: %v, not %s", name, ids, tt.rows)
				}
				if e.Name != dbtest.NamePostgres {
					return nil
				}
				return other.Tx(ctx, func(ctx context.Context) error {
					lines, err := prom.Pluck(theirs.lines.OrderBy(railwayID.Asc()).ForUpdate(prom.SkipLocked()), railwayID).All(ctx)
					is.NoErr(err)
					trains, err := prom.Pluck(theirs.trains.Query().WithDeleted().OrderBy(trainID.Asc()).ForUpdate(prom.SkipLocked()),
						trainID).All(ctx)
					is.NoErr(err)
					mines, err := prom.Pluck(theirs.wagons.OrderBy(wagonID.Asc()).ForUpdate(prom.SkipLocked()), wagonID).All(ctx)
					is.NoErr(err)
					if fmt.Sprint(lines) != tt.lines || fmt.Sprint(trains) != tt.trains || fmt.Sprint(mines) != tt.mines {
						t.Errorf("%s: others lock %v, %v and %v", name, lines, trains, mines)
					}
					return nil
				})
			}))
		}
		// What is read of rows that are locked is not there when it is deleted.
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			opens, err := prom.Pluck(prom.LockOf(prom.ForShare(all), of), prom.OrNull(prom.Via(wagonTrain, trainOpen))).All(ctx)
			is.NoErr(err)
			is.True(*opens[0] && *opens[1] && opens[2] == nil)
			names, err := prom.Pluck(prom.LockOf(prom.ForShare(all), of),
				prom.OrValue(prom.Via(wagonTrain, prom.Via(trainLine, railwayName)), "-")).All(ctx)
			is.NoErr(err)
			is.Equal(names, []string{"line 1", "line 2", "-"})
			return nil
		}))

		// What there is no lock for.
		is.NoErr(db.Tx(ctx, func(ctx context.Context) error {
			for name, q := range map[string]*prom.Query[wagon]{
				"no mode":      prom.LockOf(all, of),
				"may be NULL":  prom.LockOf(all.ForUpdate(), prom.Via(wagonGuest, trainID)),
				"another":      prom.LockOf(all.Where(wagonGuest.IsNull()).ForUpdate(), prom.Via(wagonGuest, trainID)),
				"computed":     prom.LockOf(all.ForUpdate(), prom.Plus(wagonID, wagonID)),
				"computed via": prom.LockOf(all.ForUpdate(), prom.Via(wagonTrain, prom.Plus(trainID, trainID))),
				"union":        prom.LockOf(prom.Union(all, all).ForUpdate(), wagonID),
			} {
				if _, err := q.All(ctx); !errors.Is(err, prom.ErrValidation) {
					t.Errorf("%s: %v", name, err)
				}
			}
			return nil
		}))
	})
}

// Ensure that who waits for the lock of a row behind a reference sees it as it is then.
func TestLockOf_Waits(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := kit.Ended(t)
	dsn := dbtest.Postgres(t)
	db, other := kit.Open(t, dsn), kit.Open(t, dsn)
	newTrains(t, db)
	wagons, trains := prom.NewRepo[wagon](prom.Using(db)), prom.NewRepo[train](prom.Using(other))
	done := make(chan error, 1)
	is.NoErr(other.Tx(ctx, func(ctx context.Context) error {
		if _, err := trains.Where(trainID.Eq(1)).Update(ctx, trainOpen.Set(false)); err != nil {
			return err
		}
		go func() {
			done <- db.Tx(context.WithoutCancel(context.Background()), func(ctx context.Context) error {
				list, err := prom.LockOf(wagons.Where(prom.Via(wagonTrain, trainOpen).Eq(true)).OrderBy(wagonID.Asc()).ForUpdate(),
					prom.Via(wagonTrain, trainID)).All(ctx)
				if err == nil && (len(list) != 1 || list[0].ID != 2) {
					err = fmt.Errorf("read %v", list)
				}
				return err
			})
		}()
		for { // until it waits
			waits, err := prom.RawQuery[int](other, "SELECT count(*)::int FROM pg_locks WHERE NOT granted").First(ctx)
			if err != nil || waits > 0 {
				return err
			}
			time.Sleep(time.Millisecond)
		}
	}))
	is.NoErr(<-done)
}
