package torture

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/dbtest/servers"
)

// Ensure that programs work behind each PgBouncer that is there, in transaction mode, whose sessions change from one
// transaction to the next, with no options and with those that docs/dsn.md tells: tables are made, columns added, and
// no call fails. Where PgBouncer follows prepared statements, they may be used.
// suite: 23
func TestPgBouncer(t *testing.T) {
	t.Parallel()
	for _, b := range dbtest.Bouncers(t, 23) {
		modes := []string{"default", "exec", "simple_protocol"}
		if b.Prepares() {
			modes = append(modes, "cache_statement")
		}
		for _, mode := range modes {
			t.Run(b.Version+"/"+mode, func(t *testing.T) {
				t.Parallel()
				behindBouncer(t, b, mode)
			})
		}
	}
}

// behindTimeouts are the timeouts that docs/production.md recommends, for the sessions of PgBouncer.
var behindTimeouts = []string{"lock_timeout=3s", "statement_timeout=10s", "idle_in_transaction_session_timeout=30s"}

// behindBouncer runs suite 23 behind one PgBouncer, in one of pgx's modes.
func behindBouncer(t *testing.T, b servers.Bouncer, mode string) {
	const workers, sessions = 16, 2
	straight := dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}
	e := dbtest.PgBouncer(t, b, straight, sessions, behindTimeouts...)
	option := ""
	if mode != "default" {
		option = "&default_query_exec_mode=" + mode
	}
	db := open(t, e.With("pool_maxconn=8&call_timeout=15s"+option))
	repo, wide := entries(db, "entry"), wideEntries(db, "entry")
	each := dbtest.Size(12, 1000)
	begun := time.Now()
	if err := together(workers, func(worker int) error {
		for no := range each {
			ctx, cancel := within(time.Minute)
			err := repo.Create(ctx, &Entry{Worker: worker, No: no})
			switch {
			case err != nil:
			case no%4 == 0:
				err = writePair(ctx, db, repo, worker+workers, no)
			case no%4 == 1:
				list, allErr := repo.Where(entryWorker.Eq(worker), entryNo.Lte(no)).OrderBy(entryNo.Asc()).All(ctx)
				if err = allErr; err == nil && (len(list) < no+1 || list[no].No < no) {
					err = fmt.Errorf("%d rows of %d", len(list), no+1)
				}
			case no%4 == 2 && no > each/2: // from now on with more columns
				err = wide.Create(ctx, &WideEntry{Worker: -1, No: no})
			case no%4 == 3:
				n := 0
				for _, streamErr := range repo.Where(entryWorker.Eq(worker)).Stream(ctx) {
					err, n = errors.Join(err, streamErr), n+1
				}
				if err == nil && n != no+1 {
					err = fmt.Errorf("a stream of %d rows of %d", n, no+1)
				}
			}
			cancel()
			if err != nil {
				return fmt.Errorf("worker %d, call %d: %w", worker, no, err)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	have := halves(t, open(t, straight.DSN), "entry")
	for worker := range workers {
		for no := range each {
			pair := have[half{worker + workers, no, 0}] == 1 && have[half{worker + workers, no, 1}] == 1
			if have[half{worker, no, 0}] != 1 || no%4 == 0 && !pair {
				t.Fatalf("what worker %d wrote as %d is not there once", worker, no)
			}
		}
	}
	wholeTable(t, open(t, straight.DSN), "entry", true)
	// see docs/dsn.md
	for _, refused := range []string{"search_path=x", "statement_timeout=1s", "lock_timeout=1s",
		"idle_in_transaction_session_timeout=1s", "options=-c%20statement_timeout=1s",
		"default_query_exec_mode=describe_exec"} {
		err := open(t, e.With(refused)).Ping(context.Background())
		remedy := "ALTER ROLE"
		if strings.Contains(refused, "exec_mode") {
			remedy = "set it to exec"
		}
		if !errors.Is(err, prom.ErrConnection) || !strings.Contains(err.Error(), remedy) {
			t.Errorf("%s behind PgBouncer: %v", refused, err)
		}
	}
	prepared := ""
	if b.Prepares() {
		prepared = " with max_prepared_statements"
	}
	dbtest.Reportf(t, 23, "PgBouncer %s%s, %s: %d workers × %d on %d sessions, 0 errors, in %v", b.Version, prepared,
		mode, workers, each, sessions, time.Since(begun).Round(time.Millisecond))
}
