package promcli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/promcli/internal/migrate"
	"github.com/prom-go/prom/schema"
)

// migrateCommand is prom migrate.
type migrateCommand struct {
	New      migrateNew      `cmd:"" help:"Write a migration from the snapshot to the models, without a database."`
	Verify   migrateVerify   `cmd:"" help:"Replay all migrations on a throw-away database, and compare it with the models."`
	Baseline migrateBaseline `cmd:"" help:"Begin migrations for a database that exists."`
	Hash     migrateHash     `cmd:"" help:"Renew the checksums, after a file was edited on purpose."`
}

// Help returns what --help shows below the flags.
func (*migrateCommand) Help() string {
	return `Migrations are files that goose, golang-migrate or Atlas runs, and a reviewer reads:

  prom migrate new create_books --dialect postgres --format goose
  prom migrate new add_isbn
  prom migrate verify --dsn postgres://localhost/postgres

The snapshot, schema.snapshot in their directory, tells what they make. It is checked in with them.`
}

// migrateDir are the flags of all commands of prom migrate.
type migrateDir struct {
	Dir     string `default:"migrations" type:"path" placeholder:"PATH" help:"The directory of the migrations."`
	Dialect string `enum:"postgres,sqlite," default:"" placeholder:"NAME" help:"postgres or sqlite; without it, as in the snapshot."`
	Format  string `enum:"goose,migrate,atlas,sql," default:"" placeholder:"TOOL" help:"goose, migrate (golang-migrate), atlas or sql; without it, as in the snapshot."`
}

func (m *migrateDir) open() (*migrate.Dir, error) {
	d, err := migrate.Open(m.Dir)
	if err != nil {
		return nil, err
	}
	if err := d.Set(m.Dialect, m.Format); err != nil {
		return nil, usage("%w", err)
	}
	return d, nil
}

// declared returns the tables of the models, and those that they refer to.
func (e *env) declared() ([]*schema.Table, error) {
	only := *e
	only.flags.DSN = "" // which is that of a server
	repos, err := only.models()
	if err != nil {
		return nil, err
	}
	var list []*schema.Table
	for _, r := range repos {
		list = append(list, r.Schema())
	}
	for i := 0; i < len(list); i++ {
		for _, t := range list[i].Targets() {
			if !slices.Contains(list, t) {
				list = append(list, t)
			}
		}
	}
	return list, nil
}

// migrateNew is prom migrate new.
type migrateNew struct {
	migrateDir

	Name  string   `arg:"" help:"What the migration does, such as add_isbn."`
	Allow []string `enum:"lossy" help:"Write what loses something, too: lossy."`
}

// Help returns what --help shows below the flags.
func (*migrateNew) Help() string {
	return `It writes no file when the snapshot is as the models say. What would lose something is a comment, and stays in the
snapshot, until it is asked for with --allow lossy.`
}

// migration is the result of prom migrate new and baseline.
type migration struct {
	Files []string      `json:"files"`
	Steps []schema.Step `json:"steps"`
	Kept  []schema.Step `json:"kept,omitempty"`
	Mark  string        `json:"mark,omitempty"` // what marks the file as applied
}

var migrationName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)

func (m *migrateNew) Run(ctx context.Context, e *env) error {
	if !migrationName.MatchString(m.Name) {
		return usage("the name of a migration has letters, digits, _ and - alone")
	}
	dir, err := m.open()
	if err != nil {
		return err
	}
	models, err := e.declared()
	if err != nil {
		return err
	}
	if dir.Text == nil && len(dir.Files) > 0 {
		return fmt.Errorf("%s has migrations and no %s, which tells what they make; begin with prom migrate baseline", m.Dir,
			migrate.Snapshot)
	}
	if dir.Text != nil {
		if err := dir.CheckSum(); err != nil {
			return coded{err, CodeDrift}
		}
	}
	r, err := writeMigration(ctx, dir, m.Name, models, slices.Contains(m.Allow, "lossy"))
	if err != nil {
		return err
	}
	return e.print(r, func(w io.Writer) error { return e.tellMigration(w, r) })
}

// writeMigration plans from the snapshot to the models, and writes the files.
func writeMigration(ctx context.Context, dir *migrate.Dir, name string, models []*schema.Table, lossy bool) (*migration,
	error) {
	d := migrate.Dialects[dir.Dialect]
	plan, err := migrate.Between(ctx, d, dir.Tables, models, lossy)
	if err != nil {
		return nil, err
	}
	r := &migration{Files: []string{}, Steps: plan.Up, Kept: plan.Kept}
	if plan.Empty() {
		return r, nil
	}
	version, err := strconv.ParseUint(time.Now().UTC().Format("20060102150405"), 10, 64)
	if err != nil {
		return nil, err
	}
	files := plan.Files(d, dir.Format, name, max(version, dir.Last()+1))
	if err := dir.Add(files); err != nil {
		return nil, err
	}
	for _, f := range files {
		r.Files = append(r.Files, filepath.Join(dir.Path, f.Name))
	}
	return r, dir.WriteSnapshot(plan.Tables)
}

// tellMigration writes for people what was written.
func (e *env) tellMigration(w io.Writer, r *migration) error {
	var b strings.Builder
	for _, f := range r.Files {
		fmt.Fprintf(&b, "%s %s\n", e.paint(green, "✓"), local(f))
	}
	for _, s := range r.Steps {
		fmt.Fprintf(&b, "  %s\n", firstLine(s))
	}
	if len(r.Files) == 0 {
		b.WriteString("nothing to do: the snapshot is as the models say\n")
	}
	for _, s := range r.Kept {
		fmt.Fprintf(&b, "%s %s\n", e.paint(yellow, "not written without --allow lossy:"), firstLine(s))
	}
	if r.Mark != "" {
		fmt.Fprintf(&b, "The database has what the file makes. Mark it as applied:\n  %s\n", r.Mark)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func firstLine(s schema.Step) string {
	name := strings.TrimSuffix(s.Table+"."+s.Name, ".")
	return fmt.Sprintf("%s %s [%s]", s.Kind, strings.TrimPrefix(name, "."), s.Risk)
}

// local returns a path as seen from the working directory, where it is below that.
func local(path string) string {
	wd, err := os.Getwd()
	if err != nil {
		return path
	}
	if r, err := filepath.Rel(wd, path); err == nil && !strings.HasPrefix(r, "..") {
		return r
	}
	return path
}

// migrateVerify is prom migrate verify.
type migrateVerify struct {
	migrateDir
}

// Help returns what --help shows below the flags.
func (*migrateVerify) Help() string {
	return `Migrations of SQLite are replayed in a file that is removed. Those of PostgreSQL need a server, on which a database is
made and dropped: --dsn names one of its databases and a role with CREATEDB.

It exits with 3 when a file was edited, when the result is not what the models say, or when a down file does not lead
back.`
}

func (m *migrateVerify) Run(ctx context.Context, e *env) error {
	dir, err := m.open()
	if err != nil {
		return err
	}
	models, err := e.declared()
	if err != nil {
		return err
	}
	report, err := dir.Verify(ctx, e.flags.DSN, models)
	if err != nil {
		return err
	}
	err = e.print(report, func(w io.Writer) error {
		var b strings.Builder
		for _, text := range report.Others {
			fmt.Fprintf(&b, "%s %s\n", e.paint(grey, "no model has:"), text)
		}
		for _, text := range report.Pending {
			fmt.Fprintf(&b, "%s %s\n", e.paint(yellow, "kept until --allow lossy:"), text)
		}
		if report.Wrong == nil {
			verb := "make"
			if report.Files == 1 {
				verb = "makes"
			}
			fmt.Fprintf(&b, "%s %s %s what the models say, and %d lead back\n", e.paint(green, "✓"),
				plural(report.Files, "file"), verb, report.Undone)
		}
		_, err := io.WriteString(w, b.String())
		return err
	})
	if err == nil && report.Wrong != nil {
		err = coded{errors.New(strings.Join(report.Wrong, "\n")), CodeDrift}
	}
	return err
}

// migrateHash is prom migrate hash.
type migrateHash struct {
	migrateDir
}

func (m *migrateHash) Run(e *env) error {
	dir, err := m.open()
	if err != nil {
		return err
	}
	if err := dir.WriteSum(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.out, "%d files\n", len(dir.Files))
	return err
}

// migrateBaseline is prom migrate baseline.
type migrateBaseline struct {
	migrateDir
}

// Help returns what --help shows below the flags.
func (*migrateBaseline) Help() string {
	return `The database must be as the models say. The first migration makes all of it, for new databases, and is to be marked as
applied on those that exist: the command tells how.`
}

func (m *migrateBaseline) Run(ctx context.Context, e *env) error {
	models, err := e.declared()
	if err != nil {
		return err
	}
	dir, err := migrate.Open(m.Dir)
	if err != nil {
		return err
	}
	if dir.Text != nil {
		return fmt.Errorf("%s has a %s: it has begun already", m.Dir, migrate.Snapshot)
	}
	if err := baselineOn(ctx, e, m, dir, models); err != nil {
		return err
	}
	r, err := writeMigration(ctx, dir, "baseline", models, false)
	if err != nil {
		return err
	}
	r.Mark = mark(dir)
	return e.print(r, func(w io.Writer) error { return e.tellMigration(w, r) })
}

// baselineOn looks whether the database is as the models say.
func baselineOn(ctx context.Context, e *env, m *migrateBaseline, dir *migrate.Dir, models []*schema.Table) error {
	on, err := e.db()
	if err != nil {
		return err
	}
	if m.Dialect == "" {
		m.Dialect = on.Dialect().Name()
	}
	if m.Dialect != on.Dialect().Name() {
		return usage("--dialect %s: the database is of %s", m.Dialect, on.Dialect().Name())
	}
	if err := dir.Set(m.Dialect, m.Format); err != nil {
		return usage("%w", err)
	}
	steps, _, err := install.Plan(ctx, (*db.DB)(on), models...)
	if err != nil {
		return err
	}
	if len(steps) == 0 {
		return nil
	}
	lines := make([]string, len(steps))
	for i, s := range steps {
		lines[i] = firstLine(s) + ": " + s.Reason
	}
	return coded{fmt.Errorf("the database is not as the models say; apply a plan first:\n%s", strings.Join(lines, "\n")),
		CodeDrift}
}

// mark tells how the one migration of a directory is marked as applied.
func mark(dir *migrate.Dir) string {
	switch dir.Format {
	case migrate.Goose: // whose command has no such thing; goose status makes the table
		return fmt.Sprintf("goose status, and then INSERT INTO goose_db_version (version_id, is_applied) VALUES (%d, TRUE)",
			dir.Last())
	case migrate.Tool:
		return fmt.Sprintf("migrate -path %s -database URL force %d", local(dir.Path), dir.Last())
	case migrate.Atlas:
		return fmt.Sprintf("atlas migrate apply --dir file://%s --url URL --baseline %d", local(dir.Path), dir.Last())
	}
	return ""
}
