package torture

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

const (
	killWorkers = 4
	killTables  = 8 // for each process that installs or alters
)

// A process is killed while it does one of these.
var killed = map[string]func(t *testing.T, db *prom.DB, round int){
	"transaction": killInTransaction,
	"install":     killInInstall,
	"alter":       killInAlter,
}

// Ensure that killing a program loses nothing that was acknowledged, leaves no half of a transaction, of a table or of
// an ALTER, and no lock. suite: 9
func TestKill(t *testing.T) {
	if dbtest.IsChild() {
		round, _ := strconv.Atoi(os.Getenv("CHILD_ROUND"))
		killed[os.Getenv("CHILD_MOMENT")](t, open(t, os.Getenv("CHILD_DSN")), round)
		return
	}
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		for moment := range killed {
			t.Run(moment, func(t *testing.T) {
				t.Parallel()
				e := e // each moment has a database of its own
				if e.Name == dbtest.NameSQLite {
					e.DSN = dbtest.SQLite(t)
				} else {
					e.DSN = dbtest.Postgres(t)
				}
				killRounds(t, e, moment)
			})
		}
	})
}

func killRounds(t *testing.T, e dbtest.Engine, moment string) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	want := dbtest.Size(2, 200)
	kills, late, acknowledged := 0, 0, 0
	// of milliseconds in which the process is killed: from its beginning to its end, however fast the machine is
	window := 250
	for round := 0; kills < want; round++ {
		p := start(t, "TestKill", "CHILD_DSN="+e.DSN, "CHILD_MOMENT="+moment, "CHILD_ROUND="+strconv.Itoa(round))
		if line, ok := p.line(); !ok || line != "ready" {
			t.Fatalf("the process says %q", line)
		}
		after := time.Duration(random.IntN(window)) * time.Millisecond
		kill := time.AfterFunc(after, func() { _ = p.cmd.Process.Kill() })
		acks, before := map[string]map[half]bool{}, acknowledged
		for line, ok := p.line(); ok; line, ok = p.line() {
			var table string
			var h half
			if _, err := fmt.Sscanf(line, "%s %d %d", &table, &h.worker, &h.no); err != nil {
				t.Fatalf("the process says %q", line)
			}
			if acks[table] == nil {
				acks[table] = map[half]bool{}
			}
			acks[table][h] = true
			acknowledged++
		}
		_ = p.cmd.Wait()
		kill.Stop()
		if acknowledged == before && window < 2000 {
			window += window / 4
		}
		if p.cmd.ProcessState.ExitCode() == -1 {
			kills++
		} else if late, window = late+1, max(20, window/2); p.cmd.ProcessState.ExitCode() != 0 {
			t.Fatalf("the process failed: %v\n%s", p.cmd.ProcessState, strings.Join(p.other, "\n"))
		} else if late > want+20 {
			t.Fatalf("%d of %d processes had ended before they were to be killed", late, round+1)
		}
		afterKill(t, e, moment, round, acks)
		if t.Failed() {
			t.Fatalf("in round %d, killed after %v", round, after)
		}
	}
	dbtest.Reportf(t, 9, "%s: %d kills, %d acknowledged, 0 lost, 0 halves, 0 locks", moment, kills, acknowledged)
}

// killInTransaction writes pairs in transactions.
func killInTransaction(t *testing.T, db *prom.DB, _ int) {
	repo := entries(db, "pair")
	if err := repo.Install(context.Background()); err != nil {
		t.Fatal(err)
	}
	first := one[int](t, db, `SELECT coalesce(max(no), 0) FROM "pair"`)
	tell("ready")
	killWrites(t, func(worker int) error {
		for no := first + 1; ; no++ {
			if err := writePair(context.Background(), db, repo, worker, no); err != nil {
				return err
			}
			tell("pair %d %d", worker, no)
		}
	})
}

func writePair(ctx context.Context, db *prom.DB, repo *prom.Repo[Entry], worker, no int) error {
	return db.Tx(ctx, func(ctx context.Context) error {
		return errors.Join(repo.Create(ctx, &Entry{Worker: worker, No: no}),
			repo.Create(ctx, &Entry{Worker: worker, No: no, Half: 1}))
	}, prom.Retry(20))
}

// killInInstall writes into tables that are not there, half of the workers in transactions.
func killInInstall(t *testing.T, db *prom.DB, round int) {
	tell("ready")
	for i := range killTables {
		table := fmt.Sprintf("t_%d_%d", round, i)
		repo := entries(db, table)
		killWrites(t, func(worker int) error {
			var err error
			if worker%2 == 0 {
				err = writePair(context.Background(), db, repo, worker, 1)
			} else {
				err = errors.Join(repo.Create(context.Background(), &Entry{Worker: worker, No: 1}),
					repo.Create(context.Background(), &Entry{Worker: worker, No: 1, Half: 1}))
			}
			if err == nil {
				tell("%s %d %d", table, worker, 1)
			}
			return err
		})
	}
}

// killInAlter writes into tables that lack columns.
func killInAlter(t *testing.T, db *prom.DB, round int) {
	ctx := context.Background()
	for i := range killTables {
		if err := writePair(ctx, db, entries(db, fmt.Sprintf("t_%d_%d", round, i)), 0, 0); err != nil {
			t.Fatal(err)
		}
	}
	tell("ready")
	for i := range killTables {
		table := fmt.Sprintf("t_%d_%d", round, i)
		repo := wideEntries(db, table)
		killWrites(t, func(worker int) error {
			note := "new"
			err := db.Tx(ctx, func(ctx context.Context) error {
				return errors.Join(repo.Create(ctx, &WideEntry{Worker: worker, No: 1, Note: &note}),
					repo.Create(ctx, &WideEntry{Worker: worker, No: 1, Half: 1}))
			}, prom.Retry(20))
			if err == nil {
				tell("%s %d %d", table, worker, 1)
			}
			return err
		})
	}
}

func killWrites(t *testing.T, write func(worker int) error) {
	if err := together(killWorkers, write); err != nil {
		t.Fatal(err)
	}
}

// afterKill looks at what a killed process has left.
func afterKill(t *testing.T, e dbtest.Engine, moment string, round int, acks map[string]map[half]bool) {
	db := open(t, e.DSN)
	tables, err := db.Tables(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for table := range acks {
		if !slices.Contains(tables, table) {
			t.Errorf("the table %s was acknowledged and is not there", table)
		}
	}
	for _, table := range tables {
		have := halves(t, db, table)
		for h := range acks[table] {
			for i := range 2 {
				if have[half{h.worker, h.no, i}] != 1 {
					t.Errorf("%s: %d of the half %d of %v, which was acknowledged", table, have[half{h.worker, h.no, i}], i, h)
				}
			}
		}
		for h, n := range have {
			single := moment == "install" && h.worker%2 == 1 // outside of transactions
			if n != 1 || !single && have[half{h.worker, h.no, 1 - h.half}] != 1 {
				t.Errorf("%s: %d times %v, beside %d of the other half", table, n, h, have[half{h.worker, h.no, 1 - h.half}])
			}
		}
		wholeTable(t, db, table, moment == "alter")
		ctx, cancel := within(20 * time.Second) // a lock that stays would be felt here
		if moment == "alter" {
			if err := wideEntries(db, table).Install(ctx); err != nil {
				t.Errorf("%s: %v", table, err)
			}
		}
		if err := writePair(ctx, db, entries(db, table), -1, round); err != nil {
			t.Errorf("%s: %v", table, err)
		}
		cancel()
	}
	if e.Name == dbtest.NameSQLite {
		if check := one[string](t, db, "PRAGMA integrity_check"); check != "ok" {
			t.Errorf("integrity_check: %s", check)
		}
	} else {
		noLocks(t, db)
	}
	for _, table := range tables { // each round looks at its own rows
		if moment == "transaction" {
			run(t, db, `DELETE FROM "`+table+`"`)
		} else {
			run(t, db, `DROP TABLE "`+table+`"`)
		}
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

// wholeTable makes sure that a table is as one of its models is, and nothing between.
func wholeTable(t *testing.T, db *prom.DB, table string, mayBeWide bool) {
	t.Helper()
	found, err := db.Describe(context.Background(), table)
	if err != nil {
		t.Fatal(err)
	}
	var columns, indexes []string
	for _, c := range found.Columns {
		columns = append(columns, c.Name)
	}
	for i := range found.Indexes {
		indexes = append(indexes, strings.Join(found.Indexes[i].Names(), ","))
	}
	slices.Sort(columns)
	slices.Sort(indexes)
	got := strings.Join(columns, " ") + " / " + strings.Join(indexes, " ")
	if got != "_created _id _updated half no worker / no" &&
		!(mayBeWide && got == "_created _id _updated extra half no note worker / extra no") {
		t.Errorf("the table %s is %s", table, got)
	}
}

// noLocks makes sure that the sessions of a killed process end, and that none of their locks stays.
func noLocks(t *testing.T, db *prom.DB) {
	t.Helper()
	const query = `SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
		JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND l.pid <> pg_backend_pid()`
	for end := time.Now().Add(2 * time.Minute); one[int](t, db, query) != 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Error("2 minutes later there are locks")
			return
		}
	}
}
