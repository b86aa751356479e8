package torture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// hostileCall is a way to use a database. Before each attempt, prepare is run on a connection that nobody changes.
type hostileCall struct {
	name    string
	prepare func(ctx context.Context, straight *prom.DB) error
	call    func(ctx context.Context, db *prom.DB) error
	fresh   bool // by a connection of its own, which has looked at nothing yet
}

// Ensure that no message of a server makes the library panic, hang or keep a connection, whichever of a call's
// messages it is and whatever is wrong with it: lost, doubled, cut, torn, of another type, with other counts,
// other types, with NULL in all columns. Each call ends without an error, where the change was of no matter, or
// with one that is typed. An attempt may outlive its context, since pgx takes an answer out of order for the end
// of what it watches; the test breaks its connections then.
// suite: 36
func TestHostileServer(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	modes := []string{"cache_statement", "exec", "simple_protocol"}
	for _, mode := range modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			h := newHostile(t, seed, mode)
			if mode == "cache_statement" {
				h.catalog()
			}
			h.attempts(dbtest.Size(25, 1000))
			h.end()
			dbtest.Reportf(t, 36, "%s, seed %d: %d mutations of %d calls, %d told by a typed error, %d outlived their context, no panic, no connection left",
				mode, seed, h.changed, len(hostileCalls), h.failed, h.stuck)
		})
	}
}

// hostile is a server behind a mangler, and what became of the calls.
type hostile struct {
	t            *testing.T
	random       *rand.Rand
	mangler      *dbtest.Mangler
	dsn          string
	straight, db *prom.DB
	lengths      map[string]int // of a call's answers, in messages

	changed, failed, stuck int
}

func newHostile(t *testing.T, seed uint64, mode string) *hostile {
	t.Helper()
	e := dbtest.Engine{DSN: dbtest.Postgres(t)}
	mangler, through := dbtest.NewMangler(t, e, seed)
	h := &hostile{t: t, random: rand.New(rand.NewPCG(seed, 1)), mangler: mangler, lengths: map[string]int{}}
	h.straight = open(t, e.DSN)
	ctx := context.Background()
	h.dsn = through.With("pool_max_conns=3&connect_timeout=1s&default_query_exec_mode=" + mode)
	h.db = h.open()
	if err := prom.Install(ctx, entries(h.straight, "entry"), accounts(h.straight)); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		if err := entries(h.straight, "entry").Create(ctx, &Entry{Worker: i, No: i}); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// open opens the database through the mangler. It is not closed when the test has failed, for that waits for what is
// in use.
func (h *hostile) open() *prom.DB {
	db, err := new(prom.Registry).Open(h.dsn)
	if err != nil {
		h.t.Fatal(err)
	}
	return db
}

// attempts changes one message at a time, until that many have been changed.
func (h *hostile) attempts(n int) {
	kinds := dbtest.Changes()
	for i := 0; h.changed < n; i++ {
		c := hostileCalls[i%len(hostileCalls)]
		change, at := kinds[h.random.IntN(len(kinds))], h.random.IntN(h.length(c))
		h.check(c, change, at, h.attempt(c, change, at))
	}
}

// catalog changes what the server tells of its catalog, which a plan and the lock before its steps rely on: one
// message after the other, and in the short form some of them.
func (h *hostile) catalog() {
	for _, c := range hostileCalls {
		if c.name != "plan" && c.name != "apply" {
			continue
		}
		step := dbtest.Size(60, 1)
		for at := h.random.IntN(step); at < h.length(c); at += step {
			for _, change := range []dbtest.Change{dbtest.ChangeNull, dbtest.ChangeNullOne, dbtest.ChangeLost} {
				h.check(c, change, at, h.attempt(c, change, at))
			}
		}
	}
}

// length returns the number of messages with which a call is answered.
func (h *hostile) length(c hostileCall) int {
	h.t.Helper()
	if h.lengths[c.name] == 0 {
		if err := h.attempt(c, dbtest.ChangeNothing, 0); err != nil {
			h.t.Fatalf("%s, unchanged: %v", c.name, err)
		}
	}
	return h.lengths[c.name]
}

// attempt makes a call once, whose message number at is changed.
func (h *hostile) attempt(c hostileCall, change dbtest.Change, at int) (err error) {
	bg := context.Background()
	for _, prepare := range []func(context.Context, *prom.DB) error{clearEntries, c.prepare} {
		if prepare == nil {
			continue
		}
		if err := prepare(bg, h.straight); err != nil {
			h.t.Fatalf("%s: to prepare: %v", c.name, err)
		}
	}
	db := h.db
	if c.fresh {
		db = h.open()
		defer func() {
			h.mangler.Cut()
			h.idle(db, c.name)
			err = errors.Join(err, db.Close())
		}()
	}
	patience := 400 * time.Millisecond
	if change == dbtest.ChangeNothing {
		patience = 30 * time.Second
	}
	ctx, cancel := within(patience)
	defer cancel()
	cut := time.AfterFunc(patience+200*time.Millisecond, h.mangler.Cut)
	h.mangler.Aim(at, change)
	defer func() {
		typ, seen := h.mangler.Aimed()
		if p := recover(); p != nil {
			h.t.Errorf("%s: message %d (%c) %v: panic: %v\n%s", c.name, at, typ, change, p, debug.Stack())
		}
		if typ != 0 {
			h.changed++
		}
		if _, known := h.lengths[c.name]; !known {
			h.lengths[c.name] = seen
		}
		if !cut.Stop() {
			h.stuck++
		}
	}()
	return c.call(ctx, db)
}

// check looks at how an attempt ended.
func (h *hostile) check(c hostileCall, change dbtest.Change, at int, err error) {
	if err != nil {
		h.failed++
		var typed *prom.Error
		if !errors.As(err, &typed) || typed.Kind == 0 && typed.Detail == "" {
			h.t.Errorf("%s: message %d %v: %v, which is %T of %#v: %v", c.name, at, change, err, err, typed,
				errors.Unwrap(typed))
		}
	}
	h.mangler.Cut() // pgx takes up to 5 seconds to close a connection whose server says nothing any more
	h.idle(h.db, fmt.Sprintf("%s: message %d %v: %v", c.name, at, change, err))
}

// idle waits until no connection of the pool is in use. One that is broken is closed in the background.
func (h *hostile) idle(db *prom.DB, after string) {
	pool, err := prom.PgxPool(context.Background(), db)
	if err != nil {
		h.t.Fatal(err)
	}
	pool.Reset()
	for end := time.Now().Add(5 * time.Second); pool.Stat().AcquiredConns() != 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			stacks := make([]byte, 1<<20)
			h.t.Fatalf("%s: %d connections are in use\n%s", after, pool.Stat().AcquiredConns(),
				stacks[:runtime.Stack(stacks, true)])
		}
	}
}

// end makes sure that the database works still, and that closing it leaves no connection.
func (h *hostile) end() {
	h.mangler.Cut()
	ctx, cancel := within(time.Minute)
	defer cancel()
	if n, err := entries(h.db, "entry").Count(ctx); err != nil || n < 5 {
		h.t.Errorf("afterwards: %d rows: %v", n, err)
	}
	if err := h.db.Close(); err != nil {
		h.t.Error(err)
	}
	for end := time.Now().Add(10 * time.Second); h.mangler.Open() != 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			h.t.Fatalf("%d connections are left", h.mangler.Open())
		}
	}
}

func accounts(db *prom.DB) *prom.Repo[Account] {
	return prom.NewRepo[Account](prom.Using(db), prom.Table("account"))
}

// hostileCalls are the ways to use a database.
var hostileCalls = []hostileCall{
	{name: "reads", call: hostileReads},
	{name: "writes", call: hostileWrites},
	{name: "writes to rows of queries", call: hostileRows},
	{name: "arrays", call: func(ctx context.Context, db *prom.DB) error {
		return entries(db, "entry").CreateMany(ctx, make([]Entry, 40))
	}},
	{name: "copy", call: func(ctx context.Context, db *prom.DB) error {
		return entries(db, "entry").CreateMany(ctx, make([]Entry, 3000))
	}},
	{name: "batch", call: hostileBatch},
	{name: "batch in a transaction", call: func(ctx context.Context, db *prom.DB) error {
		return db.Tx(ctx, func(ctx context.Context) error { return hostileBatch(ctx, db) })
	}},
	{name: "transaction", call: hostileTx},
	{name: "transaction, caught", call: func(ctx context.Context, db *prom.DB) error {
		return db.Tx(ctx, func(ctx context.Context) error {
			_ = hostileWrites(ctx, db) // an error that the caller leaves alone
			return hostileReads(ctx, db)
		})
	}},
	{name: "arrays and copy in a transaction", call: func(ctx context.Context, db *prom.DB) error {
		return db.Tx(ctx, func(ctx context.Context) error {
			return errors.Join(entries(db, "entry").CreateMany(ctx, make([]Entry, 40)),
				entries(db, "entry").CreateMany(ctx, make([]Entry, 3000)))
		})
	}},
	{name: "stream", call: hostileLoops},
	{name: "watch", call: hostileWatch},
	{name: "raw", call: hostileRaw},
	{name: "install", call: func(ctx context.Context, db *prom.DB) error {
		repo := wideEntries(db, "wide")
		return errors.Join(repo.Create(ctx, &WideEntry{No: 1}), prom.Install(ctx, repo))
	}, prepare: dropWide},
	{name: "plan", call: func(ctx context.Context, db *prom.DB) error {
		_, err := prom.Plan(ctx, wideEntries(db, "wide"), accounts(db))
		return err
	}, prepare: otherWide, fresh: true},
	{name: "check", call: func(ctx context.Context, db *prom.DB) error {
		err := prom.Check(ctx, wideEntries(db, "wide"))
		if errors.Is(err, prom.ErrDrift) {
			return nil
		}
		return err
	}, prepare: otherWide, fresh: true},
	{name: "apply", call: func(ctx context.Context, db *prom.DB) error {
		plan, err := prom.Plan(ctx, wideEntries(db, "wide"))
		if err == nil {
			_, err = prom.Apply(ctx, plan, prom.Additive, prom.Locking, prom.Rewriting, prom.Lossy)
		}
		return err
	}, prepare: otherWide, fresh: true},
	{name: "describe", call: func(ctx context.Context, db *prom.DB) error {
		_, tablesErr := db.Tables(ctx)
		_, viewsErr := db.Views(ctx)
		_, err := db.Describe(ctx, "entry")
		return errors.Join(tablesErr, viewsErr, err)
	}},
	{name: "dump", call: func(ctx context.Context, db *prom.DB) error {
		return prom.Dump(ctx, io.Discard, entries(db, "entry"))
	}},
	{name: "restore", call: func(ctx context.Context, db *prom.DB) error {
		const dump = `{"format":"prom dump","version":1}` + "\n" +
			`{"table":"account","columns":["_id","_created","_updated","no","balance"]}` + "\n" + `{"rows":0}` + "\n"
		err := prom.Restore(ctx, bytes.NewReader([]byte(dump)), accounts(db))
		if errors.Is(err, prom.ErrValidation) {
			return nil
		}
		return err
	}},
	{name: "ping", call: func(ctx context.Context, db *prom.DB) error { return db.Ping(ctx) }},
}

func clearEntries(ctx context.Context, db *prom.DB) error {
	_, err := prom.RawExec(ctx, db, "DELETE FROM entry WHERE _id > 5")
	return err
}

func dropWide(ctx context.Context, db *prom.DB) error {
	_, err := prom.RawExec(ctx, db, "DROP TABLE IF EXISTS wide")
	return err
}

// otherWide makes the table otherwise than its model, with something of each sort.
func otherWide(ctx context.Context, db *prom.DB) error {
	for _, sql := range []string{
		"DROP TABLE IF EXISTS wide",
		`CREATE TABLE wide (_id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, _created timestamptz NOT NULL, _updated timestamptz NOT NULL,
			worker int NOT NULL DEFAULT 3, no bigint, half bigint NOT NULL CHECK (half > -5), account bigint REFERENCES account ON DELETE SET NULL, other text)`,
		"CREATE INDEX wide_half ON wide (lower(other), half) INCLUDE (no) WHERE half > 1",
	} {
		if _, err := prom.RawExec(ctx, db, sql); err != nil {
			return err
		}
	}
	return nil
}

func hostileReads(ctx context.Context, db *prom.DB) error {
	repo := entries(db, "entry")
	_, err := repo.Get(ctx, 1)
	if err != nil {
		return err
	}
	_, allErr := repo.Where(entryNo.In(1, 2, 3)).OrderBy(entryNo.Desc()).All(ctx)
	_, countErr := repo.Count(ctx)
	_, hasErr := repo.Where(entryNo.Eq(1)).Exists(ctx)
	_, pageErr := repo.OrderBy(entryNo.Asc()).Page(ctx, 1, 2, prom.WithoutTotal())
	_, keysetErr := repo.OrderBy(entryNo.Asc()).KeysetPage(ctx, "", 2)
	_, pluckErr := prom.Pluck(repo.Query(), entryNo).All(ctx)
	return errors.Join(allErr, countErr, hasErr, pageErr, keysetErr, pluckErr)
}

func hostileWrites(ctx context.Context, db *prom.DB) error {
	repo := entries(db, "entry")
	e := Entry{Worker: 9, No: 9}
	if err := repo.Create(ctx, &e); err != nil {
		return err
	}
	e.Half = 3
	saveErr := repo.Save(ctx, &e)
	a := Account{No: 7, Balance: 1}
	upsertErr := accounts(db).Upsert(ctx, &a, accountNo)
	_, conflictErr := accounts(db).OnConflict(accountNo).DoNothing().Create(ctx, &Account{No: 7})
	_, getErr := accounts(db).GetOrCreate(ctx, &Account{No: 7}, accountNo)
	return errors.Join(saveErr, upsertErr, conflictErr, getErr, repo.Delete(ctx, &e))
}

func hostileRows(ctx context.Context, db *prom.DB) error {
	repo := entries(db, "entry")
	_, updateErr := repo.Where(entryNo.Eq(1)).Update(ctx, entryHalf.Add(1))
	_, rowsErr := prom.UpdateReturning(ctx, repo.Where(entryNo.Eq(1)), entryHalf.Add(1))
	_, claimErr := prom.Claim(ctx, repo.Where(entryHalf.Lt(1000)), 2, entryHalf.Set(1000))
	_, deleteErr := repo.Where(entryNo.Gt(1000)).Delete(ctx)
	_, returnedErr := prom.DeleteReturning(ctx, repo.Where(entryNo.Gt(1000)))
	return errors.Join(updateErr, rowsErr, claimErr, deleteErr, returnedErr)
}

func hostileBatch(ctx context.Context, db *prom.DB) error {
	repo := entries(db, "entry")
	var b prom.Batch
	e := Entry{No: 8}
	prom.Queue(&b, repo).Create(&e)
	got := prom.Queue(&b, repo).Get(1)
	list := prom.Queue(&b, repo).All(repo.Where(entryNo.Lt(3)))
	gone := prom.Queue(&b, repo).DeleteKey(1000)
	if err := b.Run(ctx); err != nil {
		return err
	}
	_, getErr := got.Value()
	_, allErr := list.Value()
	_, goneErr := gone.Value()
	return errors.Join(getErr, allErr, goneErr)
}

func hostileTx(ctx context.Context, db *prom.DB) error {
	repo := entries(db, "entry")
	return db.Tx(ctx, func(ctx context.Context) error {
		if err := repo.Create(ctx, &Entry{No: 10}); err != nil {
			return err
		}
		nested := db.Tx(ctx, func(ctx context.Context) error {
			_, err := repo.Where(entryNo.Eq(10)).Delete(ctx)
			return err
		})
		_, err := repo.Where(entryNo.Eq(1)).ForUpdate().All(ctx)
		return errors.Join(nested, err)
	})
}

func hostileLoops(ctx context.Context, db *prom.DB) error {
	repo := entries(db, "entry")
	for _, loop := range []func(func(*Entry, error) bool){repo.Stream(ctx), repo.Where(entryNo.Lt(3)).Each(ctx)} {
		for _, err := range loop {
			if err != nil {
				return err
			}
		}
	}
	for range repo.Stream(ctx) {
		break
	}
	return nil
}

func hostileWatch(ctx context.Context, db *prom.DB) error {
	repo := entries(db, "entry")
	n := 0
	for _, err := range prom.Watch(ctx, repo.Query(), prom.WatchFromStart(), prom.WatchTrigger(),
		prom.WatchPatience(50*time.Millisecond)) {
		if err != nil {
			return err
		}
		if n++; n == 3 {
			break
		}
	}
	return nil
}

func hostileRaw(ctx context.Context, db *prom.DB) error {
	const all = `SELECT true AS a, 1::int2 AS b, 2::int4 AS c, 3::int8 AS d, 1.5::float8 AS e, 12345.678::numeric AS f, 'text'::text AS g, '\x0102'::bytea AS h, now() AS i,
		'12:30'::time AS j, '{1,2,3}'::int8[] AS k, '{"a": [1]}'::jsonb AS l, '1 day'::interval AS m, NULL::text AS n FROM generate_series(1, 3)`
	_, mapErr := prom.RawQuery[map[string]any](db, all).All(ctx)
	_, oneErr := prom.RawQuery[int64](db, "SELECT CAST(? AS bigint)", 5).First(ctx)
	_, rowsErr := prom.RawQuery[Entry](db, "SELECT * FROM entry WHERE no < 3").All(ctx)
	_, execErr := prom.RawExec(ctx, db, "UPDATE entry SET half = 1 WHERE no = ?", 1)
	_, returnErr := prom.RawQuery[Entry](db, "UPDATE entry SET half = 1 WHERE no = ? RETURNING *", 1).All(ctx)
	return errors.Join(mapErr, oneErr, rowsErr, execErr, returnErr)
}
