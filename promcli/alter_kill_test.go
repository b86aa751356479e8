package promcli_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promcli"
)

// phases are where an alteration is stopped: at a report of the phase that has a text, or at one with rows.
var phases = []struct {
	phase string
	rows  bool
}{
	{"try", false}, {"try", true}, {"shadow", false}, {"copy", false}, {"copy", true}, {"verify", false}, {"build", false},
	{"swap", false}, {"validate", false},
}

// report is a line of progress.
type report struct {
	Phase, Text string
	Rows        int64
}

// slow are the arguments of an alteration that tries each row, and has chunks enough to be stopped between two.
var slow = []string{"--yes", "--json", "orders", "id", "--type", "bigint", "--using", "id::bigint", "--chunk-time",
	"1ms", "--pause", "5ms"}

// TestAlterKilled kills the process of an alteration with SIGKILL in each phase, one after the other, and goes on with
// the same command. At the end the table is as if ALTER TABLE had done it.
func TestAlterKilled(t *testing.T) {
	t.Parallel()
	if dbtest.IsChild() {
		promcli.Run(context.Background(), promcli.Streams{Err: os.Stdout}, append([]string{"alter", "--dsn",
			os.Getenv("DSN")}, slow...))
		return
	}
	is := is.New(t)
	d, twin := postgresFor(t, orders), postgresFor(t, orders)
	twin.exec("ALTER TABLE orders ALTER id TYPE bigint; ALTER SEQUENCE orders_id_seq AS bigint")
	killed, builds := map[string]int{}, 0
	for _, at := range append(phases, phases[6], phases[6]) { // of a build there are many steps
		if at.phase == "build" {
			builds++
		}
		cmd := dbtest.Child(t, t.Name(), "DSN="+d.dsn)
		out, err := cmd.StdoutPipe()
		is.NoErr(err)
		is.NoErr(cmd.Start())
		seen := 0
		for lines := bufio.NewScanner(out); lines.Scan(); {
			var r report
			if json.Unmarshal(lines.Bytes(), &r) != nil || r.Phase != at.phase || at.rows != (r.Rows > 0) {
				continue
			}
			if seen++; at.phase != "build" || seen == 2*builds {
				is.NoErr(cmd.Process.Kill())
				killed[at.phase]++
				break
			}
		}
		_, _ = io.Copy(io.Discard, out)
		_ = cmd.Wait()
		if at.phase == "swap" || at.phase == "validate" {
			break // the swap may have come before the signal
		}
	}
	is.True(killed["try"] == 2 && killed["shadow"] == 1 && killed["copy"] == 2 && killed["verify"] == 1 &&
		killed["build"] >= 1)
	is.True(killed["swap"] == 1)
	r := d.alter(slow...)
	if r.code != promcli.CodeDone {
		t.Fatalf("the last run: %s", r.err)
	}
	same(t, d.dump(), twin.dump())
	const rows = "SELECT id, parent, number, amount, open FROM orders"
	is.Equal(d.rows(rows), twin.rows(rows))
}

// stopAt is the standard error of a command that is interrupted when it reports a phase.
type stopAt struct {
	phase string
	rows  bool
	stop  func()
	seen  strings.Builder
	did   bool
}

func (s *stopAt) Write(b []byte) (int, error) {
	var r report
	if json.Unmarshal(b, &r) == nil && r.Phase == s.phase && s.rows == (r.Rows > 0) && !s.did {
		s.did = true
		s.stop()
	}
	return s.seen.Write(b)
}

// interrupted runs an alteration up to a phase, and tells its exit code.
func (d *database) interrupted(phase string, rows bool, args ...string) int {
	d.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	s := &stopAt{phase: phase, rows: rows, stop: stop}
	code := promcli.Run(ctx, promcli.Streams{Err: s}, append([]string{"alter", "--dsn", d.dsn}, args...))
	is.New(d.t).True(s.did)
	return code
}

// TestAlterAborted interrupts an alteration in each phase, and takes it back. The schema is as before. Behind the swap
// it says that it is too late, and goes on.
func TestAlterAborted(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	d := postgresFor(t, orders)
	before := d.dump()
	const rows = "SELECT id, parent, number, amount, open FROM orders"
	had := d.rows(rows)
	for _, at := range phases {
		t.Logf("%s %t", at.phase, at.rows)
		is.Equal(d.interrupted(at.phase, at.rows, slow...), promcli.CodeInterrupted)
		r := d.alter("orders", "id", "--abort")
		switch at.phase {
		case "try":
			is.Equal(r.code, promcli.CodeFailed)
			is.True(strings.Contains(r.err, "no alteration of orders.id is under way"))
		case "shadow": // the transaction may have been done already
		case "swap":
		case "validate":
			is.Equal(r.code, promcli.CodeFailed)
			is.True(strings.Contains(r.err, "altered already"))
			is.Equal(d.rows(rows), had)
			d.altered("orders", "id") // which goes on, without a type
			is.Equal(d.text("SELECT format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = 'orders'::regclass AND "+
				"attname = 'id'"), "bigint")
			is.Equal(d.text("SELECT count(*)::text FROM pg_constraint WHERE connamespace = current_schema()::regnamespace AND "+
				"NOT convalidated"), "1")
			return
		default:
			is.Equal(r.code, promcli.CodeDone)
		}
		same(t, d.dump(), before)
		is.Equal(d.rows(rows), had)
	}
}

// TestAlterGoesOn lets an alteration that is under way be continued by the same request alone.
func TestAlterGoesOn(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	d := postgresFor(t, fmt.Sprintf(events, 1500))
	is.Equal(d.interrupted("copy", true, "--yes", "--json", "event", "kind", "--type", "varchar(30)", "--keep-old",
		"--pause", "5ms"), promcli.CodeInterrupted)
	r := d.alter("event", "kind", "--type", "varchar(40)")
	is.Equal(r.code, promcli.CodeFailed)
	is.True(containsAll(r.err, "under way", "--type varchar(30) --keep-old", "--abort"))
	r = d.alter("event", "amount", "--abort")
	is.True(containsAll(r.err, "that of the column kind"))
	r = d.alter("event", "kind", "--type", "character varying(30)", "--keep-old", "--json")
	is.Equal(r.code, promcli.CodeDone)
	var did struct{ Resumed, Changed bool }
	is.NoErr(json.Unmarshal([]byte(r.out), &did))
	is.True(did.Resumed && did.Changed)
	is.Equal(d.text("SELECT count(*)::text FROM event WHERE kind IS DISTINCT FROM kind_old"), "0")
	r = d.alter("event", "kind", "--abort")
	is.True(containsAll(r.err, "no alteration of event.kind is under way"))
}
