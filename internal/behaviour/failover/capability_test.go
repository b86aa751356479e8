//go:build unix

package failover_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

var update = flag.Bool("update", false, "write the table of docs/growth.md")

// refusal is how an engine refuses a step: the kind of the error, and words of its text that say what to do.
type refusal struct {
	kind prom.Kind
	text string
}

// kinds are the names of the kinds in the table.
var kinds = map[prom.Kind]string{prom.ErrUnsupported: "ErrUnsupported", prom.ErrReadOnly: "ErrReadOnly",
	prom.ErrConnection: "ErrConnection", prom.ErrSyntax: "ErrSyntax", prom.ErrNoTable: "ErrNoTable"}

// column is an engine of the table, with the steps that it refuses.
type column struct {
	title   string
	refuses map[string]refusal
}

var (
	noBackup = refusal{prom.ErrUnsupported, "pg_dump"}

	onServer = column{"PostgreSQL", map[string]refusal{"DB.Backup": noBackup}}

	onBouncer = column{"PgBouncer", map[string]refusal{"DB.Backup": noBackup,
		"timeouts in the DSN":                    {prom.ErrConnection, "ALTER ROLE"},
		"watch, by notifications (WatchTrigger)": {prom.ErrUnsupported, "leave WatchTrigger out"}}}

	onStandby = column{"standby", map[string]refusal{"DB.Backup": noBackup}} // and all that writes, by init

	onPartitions = column{"partitions", map[string]refusal{"DB.Backup": noBackup,
		"a unique index on a column, by plan and apply": {prom.ErrUnsupported, "must have the columns of its partition key"}}}

	onSQLite = column{"SQLite", map[string]refusal{
		"advisory lock in a transaction": {prom.ErrSyntax, "no such function"},
		"pgx in the same transaction":    {prom.ErrUnsupported, "SQLite"}}}

	columns = []column{onSQLite, onServer, onBouncer, onStandby, onPartitions}
)

func steps() []step { return slices.Concat(reads, writes) }

func init() {
	for _, s := range writes {
		onStandby.refuses[s.name] = refusal{prom.ErrReadOnly, "readonly=true"}
	}
	onStandby.refuses["row locks"] = refusal{prom.ErrReadOnly, "FOR UPDATE"}
	onStandby.refuses["a new table"] = refusal{prom.ErrNoTable, "item"}
	for _, name := range []string{"check", "plan", "a unique index on a column, by plan and apply"} {
		onStandby.refuses[name] = refusal{prom.ErrReadOnly, "use a connection that may write"}
	}
}

// run runs the program on an engine, whose tables are there, and compares what it refuses.
func (c column) run(t *testing.T, s *service) {
	t.Helper()
	ctx := kit.Ended(t)
	for _, step := range steps() {
		s.step = step.name
		err := step.run(ctx, s)
		want, refused := c.refuses[step.name]
		switch {
		case err == nil && refused:
			t.Errorf("%s: it works, and was refused with %v", step.name, want.kind)
		case err != nil && !refused:
			t.Errorf("%s: %v", step.name, err)
		case err != nil && (!errors.Is(err, want.kind) || !strings.Contains(err.Error(), want.text)):
			t.Errorf("%s: %v, and not %v with %q", step.name, err, want.kind, want.text)
		}
	}
}

// Ensure that the capability program does on each engine what the table of docs/growth.md says, and fails with the
// errors that it names: on SQLite, on PostgreSQL, behind PgBouncer with no option and with those that docs/dsn.md
// tells, on a standby, and with a table in partitions.
func TestCapabilities(t *testing.T) {
	t.Parallel()
	server := func(t *testing.T) dbtest.Engine {
		return dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}
	}
	on := func(name string, c column, engine func(t *testing.T) dbtest.Engine, beforeRows ...string) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := engine(t)
			s := newService(t, e)
			if err := s.prepare(kit.Ended(t), func() error {
				kit.RunSQL(t, s.db, beforeRows...)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			c.run(t, s)
		})
	}
	if os.Getenv("PROM_TEST_ENGINE") != dbtest.NamePostgres {
		on("SQLite", onSQLite, func(t *testing.T) dbtest.Engine {
			return dbtest.Engine{Name: dbtest.NameSQLite, DSN: dbtest.SQLite(t)}
		})
	}
	on("PostgreSQL", onServer, server)
	on("partitions", onPartitions, server, intoPartitions...)
	for _, b := range dbtest.Bouncers(t, 23) {
		modes := []string{"", "default_query_exec_mode=exec"}
		if b.Prepares() {
			modes = []string{"", "default_query_exec_mode=cache_statement"}
		}
		for _, mode := range modes {
			on("PgBouncer "+b.Version+" "+mode, onBouncer, func(t *testing.T) dbtest.Engine {
				e := dbtest.PgBouncer(t, b, server(t), 4)
				return dbtest.Engine{Name: e.Name, DSN: e.With(mode)}
			})
		}
	}
	t.Run("standby", func(t *testing.T) {
		t.Parallel()
		cluster := dbtest.NewCluster(t, dbtest.ClusterConfig{Standbys: 1, Sync: true})
		s := newService(t, cluster.Primary.Engine())
		if err := s.prepare(kit.Ended(t), func() error { return nil }); err != nil {
			t.Fatal(err)
		}
		cluster.Primary.SQL(t, "SET synchronous_commit = remote_apply; CREATE TABLE replayed (id int)")
		e := cluster.Standbys[0].Engine()
		onStandby.run(t, newService(t, dbtest.Engine{Name: e.Name, DSN: e.With("readonly=true")}))
	})
}

// intoPartitions makes partitions of the table of volumes, as a team does that has it without rows.
var intoPartitions = []string{
	"ALTER TABLE volume RENAME TO whole",
	"CREATE TABLE volume (LIKE whole INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING INDEXES INCLUDING CONSTRAINTS) " +
		"PARTITION BY HASH (_id)",
	"DROP TABLE whole",
	"CREATE SEQUENCE volume_id OWNED BY volume._id",
	"ALTER TABLE volume ALTER _id SET DEFAULT nextval('volume_id')",
	"ALTER TABLE volume ADD FOREIGN KEY (wing_id) REFERENCES wing",
	"CREATE TABLE volume_0 PARTITION OF volume FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
	"CREATE TABLE volume_1 PARTITION OF volume FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
}

// The page and the lines around its table.
const (
	page       = "../../../docs/growth.md"
	tableBegin = "<!-- TestCapabilities -->\n"
	tableEnd   = "<!-- end -->\n"
)

// Ensure that the table of docs/growth.md is what TestCapabilities expects.
func TestCapabilities_Page(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, found := strings.Cut(string(text), tableBegin)
	_, tail, ended := strings.Cut(rest, tableEnd)
	if !found || !ended {
		t.Fatal("docs/growth.md has no place for the table")
	}
	want := head + tableBegin + capabilityTable() + tableEnd + tail
	switch {
	case *update:
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	case want != string(text):
		t.Error("docs/growth.md is not current: go test ./internal/behaviour/failover " +
			"-run TestCapabilities_Page -update writes it")
	}
}

// capabilityTable returns the table: a line for each step, the number of steps that work, and how the others are
// refused.
func capabilityTable() string {
	var b strings.Builder
	line := func(first string, cell func(c column) string) {
		b.WriteString("| " + first)
		for _, c := range columns {
			b.WriteString(" | " + cell(c))
		}
		b.WriteString(" |\n")
	}
	line("step", func(c column) string { return c.title })
	b.WriteString("|---" + strings.Repeat("|---", len(columns)) + "|\n")
	for _, s := range steps() {
		line(s.group+": "+s.name, func(c column) string {
			if r, refused := c.refuses[s.name]; refused {
				return "`" + kinds[r.kind] + "`"
			}
			return "✓"
		})
	}
	line("**steps that work**", func(c column) string {
		return fmt.Sprintf("**%d of %d**", len(steps())-len(c.refuses), len(steps()))
	})
	b.WriteString("\n| refused | error | its text has | steps |\n|---|---|---|---|\n")
	for _, c := range columns {
		var list []refusal // in the order of the steps
		names := map[refusal][]string{}
		for _, s := range steps() {
			if r, refused := c.refuses[s.name]; refused {
				if names[r] == nil {
					list = append(list, r)
				}
				names[r] = append(names[r], s.name)
			}
		}
		for _, r := range list {
			what := strings.Join(names[r], "; ")
			if len(names[r]) > 10 {
				what = fmt.Sprintf("%d steps that write", len(names[r]))
			}
			fmt.Fprintf(&b, "| %s | `%s` | `%s` | %s |\n", c.title, kinds[r.kind], r.text, what)
		}
	}
	return b.String()
}
