package histories

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

func TestMain(m *testing.M) {
	flag.Parse()
	_ = flag.Set("test.parallel", "6") // most of these tests wait most of the time
	dbtest.Main(m)
}

// Register is a row that is read and written by itself: a register or a counter. Its version counts the writes, so that
// one that has happened twice, or though it failed, is seen.
type Register struct {
	prom.Model
	Value   int64
	Version int64 `prom:"version"`
}

// Marked is a register with soft deletion.
type Marked struct {
	prom.Model
	Value   int64
	Version int64      `prom:"version"`
	Deleted *time.Time `prom:"deleted"`
}

// List is a list of values, as a text and as a list.
type List struct {
	Number  int64 `prom:"key"`
	Text    string
	Values  []int64
	Version int64 `prom:"version"`
}

var listProto = prom.Proto[List]()

// Item is a value of a list in a row of its own.
type Item struct {
	prom.Model
	List  int64 `prom:"unique=place"`
	Place int64 `prom:"unique=place"`
	Value int64
}

var (
	registerProto   = prom.Proto[Register]()
	marked          = prom.Proto[Marked]()
	item            = prom.Proto[Item]()
	registerID      = prom.NumberOf(registerProto, &registerProto.ID)
	registerValue   = prom.NumberOf(registerProto, &registerProto.Value)
	registerVersion = prom.NumberOf(registerProto, &registerProto.Version)

	markedID    = prom.NumberOf(marked, &marked.ID)
	markedValue = prom.NumberOf(marked, &marked.Value)

	listNumber = prom.NumberOf(listProto, &listProto.Number)
	listText   = prom.TextOf(listProto, &listProto.Text)
	listValues = prom.ListOf(listProto, &listProto.Values)

	itemList  = prom.NumberOf(item, &item.List)
	itemPlace = prom.NumberOf(item, &item.Place)
	itemValue = prom.NumberOf(item, &item.Value)
)

// now is a moment on a clock that all processes of the machine share and nobody sets.
func now() int64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		panic(err)
	}
	return t.Nano()
}

// open opens a database until the test ends.
func open(tb testing.TB, dsn string) *prom.DB {
	tb.Helper()
	db, err := new(prom.Registry).Open(dsn)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}

// plain returns the database as database/sql has it.
func plain(tb testing.TB, db *prom.DB) *sql.DB {
	tb.Helper()
	raw, err := db.SQL(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}

// hurried returns a context for one call. When the job is hasty, for half of the calls it ends after 1 to 20
// milliseconds, on SQLite after 4 at most, by its deadline or canceled.
func hurried(j *job, random *rand.Rand) (context.Context, context.CancelFunc) {
	long, cancel := context.WithTimeout(context.Background(), time.Minute)
	if !j.Hasty || random.IntN(2) == 0 {
		return long, cancel
	}
	least, most := time.Millisecond, 20*time.Millisecond
	if j.Engine == dbtest.NameSQLite {
		least, most = 0, 4*time.Millisecond
	}
	d := least + time.Duration(random.Int64N(int64(most-least)))
	if random.IntN(2) == 0 {
		short, cancelShort := context.WithTimeout(long, d)
		return short, func() { cancelShort(); cancel() }
	}
	timer := time.AfterFunc(d, cancel)
	return long, func() { timer.Stop(); cancel() }
}

// mayFail reports whether a call may fail with an error when sessions are killed and contexts end: it has a kind, and
// one of those.
func mayFail(err error) bool {
	for _, kind := range []error{prom.ErrTimeout, prom.ErrCanceled, prom.ErrConnection, prom.ErrBusy,
		prom.ErrSerialization, prom.ErrDeadlock, prom.ErrClosed} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// rest waits a little where there is no connection, so that a history is not over before there is one again.
func rest(err error, random *rand.Rand) {
	if errors.Is(err, prom.ErrConnection) {
		time.Sleep(time.Duration(random.IntN(20)) * time.Millisecond)
	}
}

// outcomeOf names an error by its kind.
func outcomeOf(err error) string {
	var e *prom.Error
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, prom.ErrOutcomeUnknown):
		return "unknown"
	case errors.As(err, &e):
		return e.Kind.Error()
	}
	return fmt.Sprintf("%T", err)
}
