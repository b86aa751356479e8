package torture

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

func TestMain(m *testing.M) {
	flag.Parse()
	if !dbtest.Full() {
		_ = flag.Set("test.parallel", "6") // most of these tests wait most of the time
	}
	dbtest.Main(m)
}

// bound is how long something may take: at full size what docs/reliability.md says, and in the short form, beside all
// other tests on a machine that has no time for them, four times that.
func bound(d time.Duration) time.Duration { return d * time.Duration(dbtest.Size(4, 1)) }

// The compiler makes all methods of a repo for each model, so these are all there are, stored under many names.
type (
	// Entry is what a writer has written: its half of the pair of a number.
	Entry struct {
		prom.Model
		Worker int
		No     int `prom:"index"`
		Half   int
	}
	// WideEntry is an entry with more columns, which have to be added.
	WideEntry struct {
		prom.Model
		Worker int
		No     int `prom:"index"`
		Half   int
		Note   *string
		Extra  int `prom:"default=7,index"`
	}
	// Account is one of a bank.
	Account struct {
		prom.Model
		No      int `prom:"unique"`
		Balance int
	}
	// Transfer is a line of the bank's ledger.
	Transfer struct {
		prom.Model
		From   int
		To     int
		Amount int
	}
)

var (
	entry          = prom.Proto[Entry]()
	account        = prom.Proto[Account]()
	entryWorker    = prom.NumberOf(entry, &entry.Worker)
	entryNo        = prom.NumberOf(entry, &entry.No)
	entryHalf      = prom.NumberOf(entry, &entry.Half)
	accountNo      = prom.NumberOf(account, &account.No)
	accountBalance = prom.NumberOf(account, &account.Balance)
)

// open opens a database until the test ends.
func open(tb testing.TB, dsn string, options ...prom.OpenOption) *prom.DB {
	tb.Helper()
	db, err := new(prom.Registry).Open(dsn, options...)
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

func entries(db *prom.DB, table string) *prom.Repo[Entry] {
	return prom.NewRepo[Entry](prom.Using(db), prom.Table(table))
}

func wideEntries(db *prom.DB, table string) *prom.Repo[WideEntry] {
	return prom.NewRepo[WideEntry](prom.Using(db), prom.Table(table))
}

// within is a context that ends after d.
func within(d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), d)
}

// plain returns the database as database/sql has it, to look at what is there without the library's statements.
func plain(tb testing.TB, db *prom.DB) *sql.DB {
	tb.Helper()
	raw, err := db.SQL(context.Background())
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}

// one returns the one value of a query.
func one[V any](tb testing.TB, db *prom.DB, query string, args ...any) V {
	tb.Helper()
	var v V
	if err := plain(tb, db).QueryRow(query, args...).Scan(&v); err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
	return v
}

// run executes a statement.
func run(tb testing.TB, db *prom.DB, query string) {
	tb.Helper()
	if _, err := plain(tb, db).Exec(query); err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
}

// half is a row of entries.
type half struct{ worker, no, half int }

// halves returns how often each row of a table is there. It does not install.
func halves(tb testing.TB, db *prom.DB, table string) map[half]int {
	tb.Helper()
	rows, err := plain(tb, db).Query(`SELECT worker, no, half FROM "` + table + `"`)
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	have := map[half]int{}
	for rows.Next() {
		var h half
		if err := rows.Scan(&h.worker, &h.no, &h.half); err != nil {
			tb.Fatal(err)
		}
		have[h]++
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return have
}

// together runs n functions at the same time and returns what went wrong.
func together(n int, fn func(i int) error) error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = fn(i) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// process is a process of the test's own, which tells by lines.
type process struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner

	other []string
}

// start starts a process that runs a test of this package as a child.
func start(tb testing.TB, test string, env ...string) *process {
	tb.Helper()
	p := &process{cmd: dbtest.Child(tb, test, env...)}
	p.cmd.Stderr = os.Stderr
	in, inErr := p.cmd.StdinPipe()
	out, outErr := p.cmd.StdoutPipe()
	if err := errors.Join(inErr, outErr, p.cmd.Start()); err != nil {
		tb.Fatal(err)
	}
	p.in, p.out = in, bufio.NewScanner(out)
	return p
}

// line returns the next line that the process told as a whole. It is false at its end. Lines of other kinds are kept:
// they tell why a test failed in the process.
func (p *process) line() (string, bool) {
	for p.out.Scan() {
		if text, ok := strings.CutSuffix(p.out.Text(), "."); ok { // the last line may be cut
			return text, true
		}
		p.other = append(p.other, p.out.Text())
	}
	return "", false
}

var telling sync.Mutex

// tell is what a process tells: one line, which is written as a whole or not at all.
func tell(format string, args ...any) {
	telling.Lock()
	defer telling.Unlock()
	fmt.Printf(format+".\n", args...)
}
