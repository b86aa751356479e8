package core

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Restore inserts the rows of a dump, which [Dump] has written on either engine, into the tables of repos, which must
// be on one connection. It makes the tables that are missing, and inserts into one transaction: all rows or none. Rows
// that are there stay, and one of the same key is driver.KindUnique. Rows may refer to each other in circles. Generated
// keys are counted on from the greatest one. Hooks and rules of values are passed by: what was stored is stored.
//
// Memory is bounded, by the longest row and a batch of rows. On PostgreSQL, tables that refer to each other in a
// circle, or to themselves, are locked meanwhile, and must be the user's own.
func Restore(ctx context.Context, r io.Reader, repos []*Repo) error {
	db, bound, err := onOne("restore", repos)
	if err != nil {
		return err
	}
	ctx = db.Unlimited(ctx)
	for _, repo := range repos {
		if repo.table.View {
			return ErrorOf("restore", repo.table, errView)
		}
		if err := repo.Install(ctx); err != nil {
			return err
		}
	}
	tables := install.Order(tablesOf(repos))
	return db.Tx(ctx, func(ctx context.Context) error {
		circles, err := circular(ctx, db, tables)
		if err != nil {
			return err
		}
		rs := &restoring{ctx: ctx, db: db, r: bufio.NewReaderSize(r, 64<<10), repos: repos, bound: bound}
		if rs.bulks, err = db.Bulks(ctx); err != nil {
			return err
		}
		rs.run(db.Dialect().DeferReferences(circles))
		rs.lines()
		rs.run(db.Dialect().ResumeReferences(circles))
		for _, t := range tables {
			for _, c := range t.Key {
				if c.Auto && c.Kind.Integer() {
					rs.run([]string{db.Dialect().CountOn(t.Name, c.Name)})
				}
			}
		}
		return rs.err
	})
}

// circular lists the foreign keys whose rows may come after those that refer to them.
func circular(ctx context.Context, db *db.DB, order []*schema.Table) ([]dialect.Constraint, error) {
	var list []dialect.Constraint
	for i, t := range order {
		var found *schema.Found
		keys := make([][]*schema.Column, 0, len(t.ForeignKeys))
		for _, c := range t.References() {
			if slices.Contains(order[i:], t.TargetOf(c)) {
				keys = append(keys, []*schema.Column{c})
			}
		}
		for _, k := range t.ForeignKeys {
			if slices.Contains(order[i:], t.TargetOfKey(k)) {
				keys = append(keys, k.Columns)
			}
		}
		for _, cols := range keys {
			if found == nil {
				f, err := db.Describe(ctx, t.Name)
				if err != nil {
					return nil, err
				}
				found = &f
			}
			if k := found.Reference(schema.ColumnNames(cols)...); k != nil {
				list = append(list, dialect.Constraint{Table: t.Name, Name: k.Name, Deferrable: k.Deferrable})
			}
		}
	}
	return list, nil
}

// The bounds of what is sent to the database together.
const (
	restoreRows  = 1000
	restoreBytes = 1 << 20
)

// restoring reads a dump. After the first error its methods do nothing.
type restoring struct {
	ctx   context.Context //nolint:containedctx // of the one transaction
	db    *db.DB
	r     *bufio.Reader
	repos []*Repo
	bound map[*schema.Table]*binding
	bulks bool

	to     *binding // the table that is read
	leaves []bool   // the columns of the dump that the table computes
	plan   *scan.Plan
	cols   []*schema.Column
	values []schema.Value // of the rows that wait
	size   int            // of their lines
	line   int
	begun  bool // the first line has been read
	rows   int64
	err    error
}

func (rs *restoring) run(statements []string) {
	for _, sql := range statements {
		if rs.err == nil && sql != "" {
			_, rs.err = rs.db.Exec(rs.ctx, &driver.Statement{SQL: sql, Op: "restore", Write: true})
		}
	}
}

// failf notes what is wrong with the line. It must not hold a value.
func (rs *restoring) failf(format string, args ...any) {
	if rs.err == nil {
		rs.err = fmt.Errorf("prom: restore: line %d: %w", rs.line, fmt.Errorf(format, args...))
	}
}

func (rs *restoring) lines() {
	ended := false
	for rs.err == nil {
		text, err := rs.r.ReadBytes('\n')
		text = bytes.TrimSpace(text)
		if rs.line++; len(text) > 0 {
			switch {
			case ended:
				rs.failf("there is data after the end of the dump")
			case text[0] == '[':
				rs.row(text)
			default:
				ended = rs.head(text)
			}
		}
		switch {
		case errors.Is(err, io.EOF) && !ended:
			rs.failf("the dump ends early")
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			rs.failf("%w", err)
		}
	}
}

// head reads a line that is not a row, and reports whether it is the last one.
func (rs *restoring) head(text []byte) (end bool) {
	rs.flush()
	var l dumpLine
	known := json.NewDecoder(bytes.NewReader(text))
	known.DisallowUnknownFields()
	if !json.Valid(text) || known.Decode(&l) != nil || l.Rows != nil && l.Table != "" {
		rs.failf("it is not a line of a dump")
		return false
	}
	if !rs.begun {
		rs.begun = true
		if l.Format != dumpFormat || l.Version != dumpVersion {
			rs.failf("it is not a dump of version %d", dumpVersion)
		}
		return false
	}
	if l.Rows != nil {
		if *l.Rows != rs.rows {
			rs.failf("the dump was written with %d rows, and has %d", *l.Rows, rs.rows)
		}
		return true
	}
	rs.table(&l.dumpTable)
	return false
}

func (rs *restoring) table(d *dumpTable) {
	rs.to, rs.cols = nil, nil
	for t, b := range rs.bound {
		if t.Name == d.Table {
			rs.to, rs.plan = b, planOf(rs.repos, t)
		}
	}
	if rs.to == nil {
		rs.failf("the dump has a table %q, and no repo of it was given", d.Table)
		return
	}
	if len(d.Columns) == 0 || len(d.Kinds) > 0 && len(d.Kinds) != len(d.Columns) {
		rs.failf("the dump does not name the columns of the table %q, each with its kind", d.Table)
		return
	}
	for _, name := range d.Columns {
		c := rs.to.table.Column(name)
		switch {
		case c == nil:
			rs.failf("the dump has a column %q that %s does not have", name, rs.to.table.Model)
			return
		case slices.Contains(rs.cols, c):
			rs.failf("the dump has the column %q of %s twice", name, rs.to.table.Model)
			return
		}
		rs.cols = append(rs.cols, c)
	}
	rs.leaveGenerated(d)
	for _, c := range rs.to.table.Columns {
		if !slices.Contains(rs.cols, c) && !c.ReadOnly && c.Required() && !c.HasConstant() {
			rs.failf("the dump has no column %q, which %s requires", c.Name, rs.to.table.Model)
		}
	}
}

// leaveGenerated takes the columns out that the database computes from others. Others that it fills are restored.
func (rs *restoring) leaveGenerated(d *dumpTable) {
	rs.leaves = make([]bool, len(d.Columns))
	if rs.err != nil || !rs.to.table.Filled {
		return
	}
	found, err := rs.db.Inspect(rs.ctx, rs.to.table.Name)
	if err != nil {
		rs.err = err
		return
	}
	kept := make([]*schema.Column, 0, len(rs.cols))
	for i, c := range rs.cols {
		if h := found.Column(c.Name); c.ReadOnly && h != nil && h.Generated {
			rs.leaves[i] = true
		} else {
			kept = append(kept, c)
		}
	}
	rs.cols = kept
}

func (rs *restoring) row(text []byte) {
	if rs.to == nil {
		rs.failf("a row comes before its table")
		return
	}
	var row []json.RawMessage
	if json.Unmarshal(text, &row) != nil || len(row) != len(rs.leaves) {
		rs.failf("it is not a row of %d values", len(rs.leaves))
		return
	}
	if len(rs.cols) < len(row) {
		i := -1
		row = slices.DeleteFunc(row, func(json.RawMessage) bool { i++; return rs.leaves[i] })
	}
	for i, c := range rs.cols {
		v, err := parseDumped(c.Kind, row[i])
		if err == nil {
			v, err = rs.plan.Codec(c).Restored(v)
		}
		if err != nil {
			rs.failf("column %q: %w", c.Name, err)
			return
		}
		rs.values = append(rs.values, v)
	}
	rs.rows++
	if rs.size += len(text); rs.size >= restoreBytes || len(rs.values) >= restoreRows*len(rs.cols) {
		rs.flush()
	}
}

// flush inserts the rows that wait.
func (rs *restoring) flush() {
	if rs.err != nil || len(rs.values) == 0 {
		return
	}
	n := len(rs.cols)
	if rs.err = rs.to.look(rs.ctx); rs.err != nil {
		return
	}
	st := driver.Statement{Op: "restore", Table: rs.to.table.Name, Write: true}
	if rs.to.counts(rs.ctx) {
		st.Stores = driver.StoresInsert
	}
	if st.SQL, rs.err = rs.to.stmts.InsertOver(rs.cols); rs.err != nil {
		return
	}
	if rs.bulks {
		way := rs.to.stmts.Bulk(rs.cols, nil)
		if way.OverLists != "" {
			way.Lists, way.Shape = way.OverLists, way.OverShape
		}
		rs.err = rs.db.Bulk(rs.ctx, &driver.Bulk{Statement: st, Way: way, Cols: n,
			Rows: len(rs.values) / n,
			Row: func(dst []schema.Value, row int) ([]schema.Value, error) {
				return append(dst, rs.values[row*n:(row+1)*n]...), nil
			}})
	} else {
		for i := 0; i < len(rs.values) && rs.err == nil; i += n {
			one := st
			one.Args = rs.values[i : i+n]
			_, rs.err = rs.db.Exec(rs.ctx, &one)
		}
	}
	if rs.err != nil {
		rs.err = ErrorOf("restore", rs.to.table, rs.err)
	}
	clear(rs.values)
	rs.values, rs.size = rs.values[:0], 0
}
