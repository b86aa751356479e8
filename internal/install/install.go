package install

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prom-go/prom/conn"
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// attempts bounds how often a change is begun anew because somebody who does not take the lock was faster.
const attempts = 5

// Mark returns the mark of a table that is known to be complete on a database.
func Mark(db *conn.DB, t *schema.Table) *conn.Mark { return db.Mark(t) }

// Ensure adds what the database lacks of the tables: those that they refer to first, then the tables, columns, references and
// indexes. It reports whether it changed anything. On a connection with install=check something that is missing is an error of
// KindDrift instead; with install=off, and where nothing may be written, Ensure does nothing.
//
// Inside a transaction the change is part of it, and goes when it rolls back.
func Ensure(ctx context.Context, db *conn.DB, tables ...*schema.Table) (changed bool, err error) {
	if db.ReadOnly() || db.DSN().Options.Install == conn.InstallOff {
		return false, nil
	}
	if db.DSN().Options.Install == conn.InstallCheck {
		return false, check(ctx, db, tables)
	}
	all := closure(tables)
	for attempt := 1; ; attempt++ {
		changed, err = ensure(ctx, db, all, tables)
		if err == nil || attempt == attempts || !conn.IsRaced(err) {
			break
		}
	}
	if err != nil {
		return false, err
	}
	for _, t := range tables {
		Mark(db, t).Set(ctx)
	}
	return changed, nil
}

// ensure changes the schema in one transaction.
func ensure(ctx context.Context, db *conn.DB, all, wanted []*schema.Table) (changed bool, err error) {
	err = db.Tx(ctx, func(ctx context.Context) error {
		in := &installer{ctx: ctx, db: db, d: db.Dialect(), exists: map[string]bool{}}
		in.run(in.d.InstallBegin(lockTimeout(db)), "")
		for _, t := range all {
			in.table(t, slices.Contains(wanted, t))
		}
		for _, r := range in.references {
			in.run([]string{in.d.AddReference(r.table, r.column)}, r.table.Name)
		}
		in.run(in.d.InstallEnd(), "")
		changed = in.changed
		return in.err
	})
	return changed, err
}

// lockTimeout is how long DDL waits for a table's lock; zero is for a DSN that was made by hand.
func lockTimeout(db *conn.DB) time.Duration {
	if d := db.DSN().Options.InstallLockTimeout; d != 0 {
		return d
	}
	return conn.DefaultInstallLockTimeout
}

// closure lists the tables with those that they refer to, these first. Circles are cut where they are met.
func closure(tables []*schema.Table) []*schema.Table {
	var list []*schema.Table
	seen := map[*schema.Table]bool{}
	var visit func(t *schema.Table)
	visit = func(t *schema.Table) {
		if seen[t] {
			return
		}
		seen[t] = true
		for _, c := range t.References() {
			visit(c.References.Target())
		}
		list = append(list, t)
	}
	for _, t := range tables {
		visit(t)
	}
	return list
}

// installer is one change of the schema. After the first error its methods do nothing.
type installer struct {
	ctx context.Context //nolint:containedctx // of the one transaction that the installer lives in
	db  *conn.DB
	d   dialect.Dialect

	exists     map[string]bool // tables that are there by now
	references []reference     // to be added when all tables are there
	changed    bool
	err        error
}

type reference struct {
	table  *schema.Table
	column *schema.Column
}

// run runs statements on a table.
func (in *installer) run(statements []string, table string) {
	for _, sql := range statements {
		if in.err != nil || sql == "" {
			continue
		}
		_, in.err = in.db.Exec(in.ctx, &conn.Statement{SQL: sql, Op: "install", Table: table, Write: true})
	}
}

// change runs statements that change the schema.
func (in *installer) change(statements []string, table string) {
	in.run(statements, table)
	in.changed = true
}

// table makes what is missing of one table. A table that is only referred to is made when it is missing, and left alone when
// it is there.
func (in *installer) table(t *schema.Table, wanted bool) {
	if in.err != nil {
		return
	}
	var found schema.Found
	if found, in.err = Inspect(in.ctx, in.db, t.Name); in.err != nil {
		return
	}
	in.exists[t.Name] = true
	diff := t.Diff(found)
	switch {
	case diff.Create:
		in.create(t)
	case wanted && !diff.Empty():
		in.add(t, diff)
	}
}

func (in *installer) create(t *schema.Table) {
	in.change(in.d.Prerequisites(t.Columns), t.Name)
	in.change(in.d.CreateTable(t, func(c *schema.Column) bool {
		if in.inline(c) {
			return true
		}
		in.references = append(in.references, reference{t, c})
		return false
	}), t.Name)
	for _, ix := range t.Indexes {
		in.change([]string{in.d.CreateIndex(t, ix)}, t.Name)
	}
}

// inline reports whether a column's reference can be part of its own definition.
func (in *installer) inline(c *schema.Column) bool {
	return in.d.Features().DeferredRefs || in.exists[c.References.Target().Name]
}

func (in *installer) add(t *schema.Table, diff schema.Diff) {
	if in.err = in.addable(t, diff.Columns); in.err != nil {
		return
	}
	in.change(in.d.Prerequisites(diff.Columns), t.Name)
	for _, c := range diff.Columns {
		in.change(in.d.AddColumn(t, c), t.Name)
	}
	for _, ix := range diff.Indexes {
		in.change([]string{in.d.CreateIndex(t, ix)}, t.Name)
	}
}

// addable reports why columns cannot be added: rows that are there would have no value for them.
func (in *installer) addable(t *schema.Table, cols []*schema.Column) error {
	var names []string
	for _, c := range cols {
		switch {
		case c.Key:
			return &conn.Error{Kind: conn.KindDrift, Op: "install", Table: t.Name, Columns: []string{c.Name},
				Detail: "the table is there without this column of the primary key, which is not added by itself; add it by hand, or give the model another table"}
		case c.Required() && (c.Default == nil || c.Default.Func != ""):
			names = append(names, c.Name)
		}
	}
	if names == nil {
		return nil
	}
	rows, err := in.hasRows(t)
	if err != nil || !rows {
		return err
	}
	return &conn.Error{Kind: conn.KindDrift, Op: "install", Table: t.Name, Columns: names,
		Detail: "the column is required and the table has rows, which would have no value for it; make the field a pointer, give it a constant by the tag option default, or add the column by hand"}
}

func (in *installer) hasRows(t *schema.Table) (bool, error) {
	rows, err := in.db.Query(in.ctx, &conn.Statement{SQL: in.d.HasRows(t.Name), Op: "inspect", Table: t.Name})
	if err != nil {
		return false, err
	}
	has := false
	if rows.Next() {
		has, err = readBool(rows, 0)
	}
	if closeErr := rows.Close(); closeErr != nil {
		err = closeErr
	}
	return has, err
}

// check reports what is missing as an error.
func check(ctx context.Context, db *conn.DB, tables []*schema.Table) error {
	for _, t := range tables {
		found, err := Inspect(ctx, db, t.Name)
		if err != nil {
			return err
		}
		if diff := t.Diff(found); !diff.Empty() {
			return drift(t, diff)
		}
	}
	return nil
}

func drift(t *schema.Table, diff schema.Diff) error {
	e := &conn.Error{Kind: conn.KindDrift, Op: "check", Table: t.Name}
	if diff.Create {
		e.Detail = "the table is missing"
		return e
	}
	var missing []string
	for _, c := range diff.Columns {
		e.Columns = append(e.Columns, c.Name)
		missing = append(missing, "column "+c.Name)
	}
	for _, ix := range diff.Indexes {
		missing = append(missing, "index "+ix.Name)
	}
	e.Detail = fmt.Sprintf("missing: %s; this connection may not change the schema (install=check)", strings.Join(missing, ", "))
	return e
}
