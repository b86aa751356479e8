package migrate

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/internal/snapshot"
	"github.com/prom-go/prom/schema"
)

// Report is what Verify has found.
type Report struct {
	Files   int      `json:"files"`             // how many have run up
	Undone  int      `json:"undone"`            // how many have run down
	Wrong   []string `json:"wrong,omitempty"`   // what is not as it should be
	Pending []string `json:"pending,omitempty"` // what the models do not have any more, and was kept
	Others  []string `json:"others,omitempty"`  // what the files make and no model speaks of
}

// Verify replays all files of a directory on a throw-away database, and looks whether that is what the models say; then
// it replays the down files and looks whether each leads back. Server is the DSN of a PostgreSQL server, on which a
// database is made and dropped; SQLite needs none. The error is one of the replay; what is wrong is in the report.
func (d *Dir) Verify(ctx context.Context, server string, models []*schema.Table) (*Report, error) {
	r := &Report{}
	if err := d.CheckSum(); err != nil {
		r.Wrong = append(r.Wrong, err.Error())
	}
	same, err := d.compare(ctx, r, models)
	if err != nil {
		return nil, err
	}
	up, down, err := d.scripts()
	if err != nil {
		return nil, err
	}
	dsn, drop, err := d.throwAway(ctx, server)
	if err != nil {
		return nil, err
	}
	defer drop()
	p := &replay{}
	for _, t := range d.Tables {
		if t.Schema() != "" {
			p.qualified = append(p.qualified, t.Name)
		}
	}
	if err := p.open(ctx, dsn); err != nil {
		return nil, err
	}
	defer p.close()
	states := []map[string]string{{}}
	for _, s := range up {
		if err := p.run(ctx, s); err != nil {
			r.Wrong = append(r.Wrong, "it cannot be replayed: "+err.Error())
			return r, nil
		}
		state, err := p.state(ctx)
		if err != nil {
			return nil, err
		}
		states = append(states, state)
		r.Files++
	}
	tables := models
	if !same {
		tables = d.Tables // what the files are to make
	}
	steps, others, err := install.Plan(ctx, p.db, tables...)
	if err != nil {
		return nil, err
	}
	for _, s := range steps {
		r.Wrong = append(r.Wrong, "after all files: "+strings.TrimPrefix(title(s), s.Table+" "))
	}
	for _, o := range others {
		r.Others = append(r.Others, o.Error())
	}
	for i := len(down) - 1; i >= 0 && len(steps) == 0; i-- {
		if err := p.run(ctx, down[i]); err != nil {
			r.Wrong = append(r.Wrong, "its down file does not run: "+err.Error())
			return r, nil
		}
		r.Undone++
		if len(down[i].statements) == 0 && i > 0 {
			continue // undone by the file before
		}
		state, err := p.state(ctx)
		if err != nil {
			return nil, err
		}
		if diff := differences(states[i], state); diff != "" {
			r.Wrong = append(r.Wrong, fmt.Sprintf("%s does not lead back: %s", down[i].file, diff))
			return r, nil
		}
	}
	return r, nil
}

// compare notes how the models differ from the snapshot, and reports whether they do not.
func (d *Dir) compare(ctx context.Context, r *Report, models []*schema.Table) (same bool, err error) {
	if d.Text == nil {
		return false, fmt.Errorf("%s has no file %s: make one by prom migrate new or baseline", d.Path, Snapshot)
	}
	steps, err := d.between(ctx, models)
	if err != nil {
		return false, err
	}
	for _, s := range steps {
		if loses(s) {
			r.Pending = append(r.Pending, title(s))
		} else {
			r.Wrong = append(r.Wrong, "the models are ahead of "+Snapshot+": "+title(s)+"; run prom migrate new")
		}
	}
	return len(steps) == 0, nil
}

func (d *Dir) between(ctx context.Context, models []*schema.Table) ([]schema.Step, error) {
	now, err := snapshot.Declared(models)
	if err != nil {
		return nil, err
	}
	return install.Between(ctx, Dialects[d.Dialect], d.Tables, now, true)
}

// throwAway makes a database that is empty, and returns its DSN and what drops it.
func (d *Dir) throwAway(ctx context.Context, server string) (dsn string, drop func(), err error) {
	if d.Dialect == "sqlite" {
		dir, err := os.MkdirTemp("", "prom-migrate-")
		if err != nil {
			return "", nil, err
		}
		return "sqlite:" + filepath.ToSlash(filepath.Join(dir, "replay.db")), func() { _ = os.RemoveAll(dir) }, nil
	}
	if server == "" {
		return "", nil, errors.New("the files are for PostgreSQL: name a server on which a database may be made, by --dsn; it is " +
			"dropped at the end")
	}
	u, err := url.Parse(server)
	if err != nil || u.Scheme == "" {
		return "", nil, errors.New("the DSN of the server must be a URL, postgres://…")
	}
	on, err := new(db.Registry).Open(server)
	if err != nil {
		return "", nil, err
	}
	name := "prom_migrate_" + strings.ToLower(rand.Text()[:12])
	exec := func(ctx context.Context, sql string) error {
		return on.Alone(ctx, &driver.Statement{SQL: sql, Op: "migrate", Write: true, DDL: true})
	}
	if err := exec(ctx, "CREATE DATABASE "+name); err != nil {
		_ = on.Close()
		return "", nil, fmt.Errorf("verify makes a database on the server, for which the role needs CREATEDB: %w", err)
	}
	u.Path, u.RawPath = "/"+name, ""
	q := u.Query()
	q.Del("search_path")
	q.Del("database")
	q.Del("dbname")
	u.RawQuery = q.Encode()
	return u.String(), func() {
		_ = exec(context.WithoutCancel(ctx), "DROP DATABASE "+name+" WITH (FORCE)")
		_ = on.Close()
	}, nil
}

// replay is the throw-away database.
type replay struct {
	db        *db.DB
	qualified []string // tables in other schemas
}

func (p *replay) open(ctx context.Context, dsn string) (err error) {
	sep := "?"
	if strings.Contains(dsn, "?") {
		sep = "&"
	}
	p.db, err = new(db.Registry).Open(dsn + sep + "install=off&history=false")
	return err
}

func (p *replay) close() { _ = p.db.Close() }

// run runs a script on a connection of its own.
func (p *replay) run(ctx context.Context, s script) error {
	if len(s.statements) == 0 {
		return nil
	}
	handle, err := p.db.SQL(ctx)
	if err != nil {
		return err
	}
	conn, err := handle.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // it goes with the database
	return s.run(ctx, conn)
}

// state tells all that the database says of its tables, by what it is about.
func (p *replay) state(ctx context.Context) (map[string]string, error) {
	tables, err := p.db.Tables(ctx)
	if err != nil {
		return nil, err
	}
	tables = append(tables, p.qualified...)
	state := map[string]string{}
	// SQLite keeps the text of an index as it was written.
	set := func(key, text string) { state[key] = strings.ReplaceAll(text, `"`, "") }
	for _, name := range tables {
		if _, local := schema.SplitName(name); local == dialect.AuditTable || local == dialect.ActorTable {
			continue // the log stays
		}
		f, err := p.db.InspectAll(ctx, name)
		if err != nil {
			return nil, err
		}
		if !f.Exists {
			continue
		}
		state["table "+name] = ""
		fold := f.FoldNames // SQLite keeps names of constraints in its texts alone
		for _, c := range f.Columns {
			c.Native.Labels = nil // which stay
			set("column "+name+"."+c.Name, fmt.Sprintf("%+v", c))
		}
		for _, ix := range f.Indexes {
			set("index "+name+"."+ix.Name, fmt.Sprintf("%+v", ix))
		}
		for _, k := range f.ForeignKeys {
			if k.Unchecked = false; fold { // which no statement brings back
				k.Name = ""
			}
			set("foreign key "+name+"."+cmp.Or(k.Name, strings.Join(k.Columns, ",")), fmt.Sprintf("%+v", k))
		}
		for _, c := range f.Checks {
			if c.Unchecked = false; fold {
				c.Name = ""
			}
			set("check "+name+"."+cmp.Or(c.Name, c.Expr), fmt.Sprintf("%+v", c))
		}
	}
	return state, nil
}

// differences tells how two states differ, "" when they do not.
func differences(want, have map[string]string) string {
	var list []string
	for k, w := range want {
		if h, ok := have[k]; !ok {
			list = append(list, k+" is missing")
		} else if h != w {
			list = append(list, k+" is different: "+h+", and was "+w)
		}
	}
	for k := range have {
		if _, ok := want[k]; !ok {
			list = append(list, k+" is left")
		}
	}
	slices.Sort(list)
	if len(list) > 5 {
		list = append(list[:5], fmt.Sprintf("and %d more", len(list)-5))
	}
	return strings.Join(list, "; ")
}
