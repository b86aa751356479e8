package core

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// A dump is lines of JSON: a head, then for each table, those referred to first, a line that names its columns and a
// line for each row, an array of their values, and at the end the number of all rows.
type (
	dumpHead struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	dumpTable struct {
		Table   string   `json:"table"`
		Columns []string `json:"columns"`
		Kinds   []string `json:"kinds"`
	}
	dumpEnd struct {
		Rows *int64 `json:"rows"`
	}
	dumpLine struct { // any of them
		dumpHead
		dumpTable
		dumpEnd
	}
)

const (
	dumpFormat  = "prom dump"
	dumpVersion = 1
)

// Dump writes all rows of the repos' tables, whatever marks or hides them, as lines of JSON that [Restore] reads, on
// the other engine too. It reads the rows as they come, in bounded memory, and all tables as they are at one moment.
// The repos must be on one connection. What is written holds all the data: mind where it goes.
func Dump(ctx context.Context, w io.Writer, repos []*Repo) error {
	db, bound, err := onOne("dump", repos)
	if err != nil {
		return err
	}
	ctx = db.Unlimited(ctx)
	if !db.ReadOnly() {
		for _, r := range repos {
			if err := r.Install(ctx); err != nil { // as reading would
				return err
			}
		}
	}
	d := &dumper{w: bufio.NewWriterSize(w, 64<<10), db: db}
	all := func(ctx context.Context) error {
		d.line(dumpHead{dumpFormat, dumpVersion})
		for _, t := range install.Order(tablesOf(repos)) {
			if err := d.table(ctx, bound[t], planOf(repos, t)); err != nil {
				return err
			}
		}
		d.line(dumpEnd{&d.rows})
		return d.w.Flush()
	}
	if db.InTx(ctx) {
		return all(ctx)
	}
	return db.Tx(ctx, all, oneSnapshot...)
}

// oneSnapshot are the options of a transaction that reads one snapshot.
var oneSnapshot = []db.TxOption{db.ReadOnly(), db.WithIsolation(driver.RepeatableRead)}

// onOne returns the connection of repos, which must be the same for all, and the bindings by table.
func onOne(op string, repos []*Repo) (db *db.DB, bound map[*schema.Table]*binding, err error) {
	bound = map[*schema.Table]*binding{}
	for _, r := range repos {
		b, err := r.bind()
		if err != nil {
			return nil, nil, err
		}
		if db == nil {
			db = b.db
		}
		if b.db != db {
			return nil, nil, ErrorOf(op, b.table,
				errors.New("the repos use different connections; make one call for each connection"))
		}
		bound[b.table] = b
	}
	if db == nil {
		return nil, nil, fmt.Errorf("prom: %s: no repos were given", op)
	}
	return db, bound, nil
}

func tablesOf(repos []*Repo) []*schema.Table {
	list := make([]*schema.Table, len(repos))
	for i, r := range repos {
		list[i] = r.table
	}
	return list
}

func planOf(repos []*Repo, t *schema.Table) *scan.Plan {
	for _, r := range repos {
		if r.table == t {
			return r.plan
		}
	}
	return nil
}

type dumper struct {
	w    *bufio.Writer
	db   *db.DB
	rows int64

	// Of a row.
	values []schema.Value
	buf    []byte
}

// line writes a line. What fails is kept by the writer, until it is flushed.
func (d *dumper) line(v any) {
	b, _ := json.Marshal(v) // of texts and numbers only
	_, _ = d.w.Write(append(b, '\n'))
}

func (d *dumper) table(ctx context.Context, b *binding, plan *scan.Plan) error {
	cols := b.table.Columns
	head := dumpTable{Table: b.table.Name, Columns: schema.ColumnNames(cols)}
	for _, c := range cols {
		head.Kinds = append(head.Kinds, c.Kind.String())
	}
	d.line(head)
	spec := ast.Spec{}.WithDeleted()
	if len(b.table.Key) > 0 {
		spec = spec.ByKeys(b.table.Key)
	}
	text, args, err := b.stmts.Select(nil, spec)
	if err == nil {
		text, err = b.formed(ctx, text)
	}
	if err != nil {
		return ErrorOf("dump", b.table, err)
	}
	// Past everything that a repo does with rows: what is stored is what is dumped.
	err = b.db.Read(ctx, &driver.Statement{Op: "dump", Table: b.table.Name, SQL: text.SQL, Args: args},
		driver.RowFunc(func(rows driver.Rows) error {
			for rows.Next() {
				var err error
				if d.values, err = plan.StoredRow(d.values[:0], rows); err != nil {
					return err
				}
				if err := d.row(cols, d.values); err != nil {
					return err
				}
			}
			return nil
		}))
	if err != nil {
		return ErrorOf("dump", b.table, err)
	}
	return nil
}

func (d *dumper) row(cols []*schema.Column, values []schema.Value) error {
	d.buf = append(d.buf[:0], '[')
	for i, v := range values {
		if i > 0 {
			d.buf = append(d.buf, ',')
		}
		var err error
		if d.buf, err = appendDumped(d.buf, cols[i].Kind, v); err != nil {
			return err
		}
	}
	d.rows++
	if _, err := d.w.Write(append(d.buf, ']', '\n')); err != nil {
		return fmt.Errorf("prom: dump: %w", err)
	}
	return nil
}
