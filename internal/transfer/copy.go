package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/schema"
)

// Options are how [Copy] copies.
type Options struct {
	Models []*schema.Table // the tables of models, by which the target is made; nil for what is found in the source
	Tables []string        // the names of the tables to copy; nil for all
	Again  bool            // an unfinished copy is not gone on with: its rows are deleted first

	ChunkRows int // the most rows of a transaction of the target; 0 for 50,000

	// Tell is told how far the copy is, several times a second, by one goroutine at a time; it may be nil.
	Tell func(p Progress)
}

// Progress is how far a copy is.
type Progress struct {
	Table string // "" when it is about all of them
	Stage string // rows, check, index, or "" at the end
	Rows  int64  // of the stage of the table
	Of    int64  // about how many there are
}

// Copied is a table that was copied.
type Copied struct {
	Table   string
	Rows    int64
	Sum     uint64 // the checksum of its rows, which is that of both databases
	Resumed bool   // an earlier copy has begun it
}

// Result is what [Copy] did.
type Result struct {
	Tables  []Copied
	Remarks []string // what the target does not have of the source
	Took    time.Duration
}

// table is a table to copy.
type table struct {
	*schema.Table // as the target is to have it
	found         schema.Found
	key           []*schema.Column // by which the copy can go on; nil when it has to be made in one transaction
	cols          []*schema.Column // those that are copied: all but generated ones
	types         map[string]string
	exists        bool // in the target before the copy
	about         int64

	state   state
	source  total // what was read in the snapshot of this run
	resumed bool
}

// keyAt returns where the columns of the key are in a row.
func (t *table) keyAt() []int {
	at := make([]int, len(t.key))
	for i, c := range t.key {
		at[i] = slices.Index(t.cols, c)
	}
	return at
}

// job is one copy.
type job struct {
	Options
	from, to side
	same     bool // both databases are of one engine
	tables   []*table
	remarks  []string
}

// Copy copies tables of a database into another one, and compares both by the number of rows and by checksums. It
// makes the tables that the target lacks; those that it has must have no rows. Indexes and foreign keys are made when
// the rows are there. When it is ended early, by its context or by a kill of the process, another Copy of the same
// tables goes on where the last transaction of the target ended.
//
// The source is read in one snapshot. One that goes on has another snapshot; rows that were changed meanwhile, in the
// part that is copied already, are noticed by the checksums, and are an error at the end.
func Copy(ctx context.Context, from, to *db.DB, o Options) (*Result, error) {
	if from == to {
		return nil, errors.New("prom: copy: the source and the target are the same connection")
	}
	start := time.Now()
	o.ChunkRows = cmp.Or(o.ChunkRows, chunkRows)
	j := &job{Options: o, from: sideOf(from), to: sideOf(to)}
	j.same = j.from.postgres == j.to.postgres
	ctx = to.Unlimited(from.Unlimited(ctx))
	err := from.Tx(ctx, j.run, db.ReadOnly(), db.WithIsolation(driver.RepeatableRead))
	if err != nil {
		return nil, err
	}
	r := &Result{Remarks: j.remarks, Took: time.Since(start)}
	for _, t := range j.tables {
		r.Tables = append(r.Tables, Copied{t.Name, t.state.Rows, t.state.Sum, t.resumed})
	}
	return r, nil
}

func (j *job) run(ctx context.Context) error {
	steps := []func(ctx context.Context) error{j.from.settle, j.plan, j.begin, j.rows, j.check, j.finish}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// plan finds the tables, and how the target is to have them.
func (j *job) plan(ctx context.Context) error {
	declared := j.Models
	if declared == nil {
		var err error
		if declared, err = j.declare(ctx); err != nil {
			return err
		}
	}
	for _, name := range j.Tables {
		if !slices.ContainsFunc(declared, func(t *schema.Table) bool { return t.Name == name }) {
			return fmt.Errorf("prom: copy: the source has no table %q", name)
		}
	}
	for _, dt := range install.Order(declared) {
		if dt.View || j.Tables != nil && !slices.Contains(j.Tables, dt.Name) {
			continue
		}
		t := &table{Table: dt, types: map[string]string{}}
		var err error
		if t.found, err = j.from.db.Describe(ctx, dt.Name); err != nil {
			return err
		}
		if err := j.types(ctx, t); err != nil {
			return err
		}
		if t.about, err = j.from.number(ctx, dt.Name, j.from.d.RowCount(dt.Name)); err != nil {
			return err
		}
		j.tables = append(j.tables, t)
	}
	if len(j.tables) == 0 {
		return errors.New("prom: copy: the source has no tables")
	}
	return nil
}

// declare declares the tables of the source.
func (j *job) declare(ctx context.Context) ([]*schema.Table, error) {
	names, err := j.from.db.Tables(ctx)
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(name string) bool {
		return name == ProgressTable || j.Tables != nil && !slices.Contains(j.Tables, name)
	})
	found := make([]schema.Found, len(names))
	for i, name := range names {
		if found[i], err = j.from.db.Describe(ctx, name); err != nil {
			return nil, err
		}
	}
	if j.Tables == nil {
		names, found = j.withoutPartitions(names, found)
	}
	declared, remarks := schema.Declare(names, found, j.same)
	j.remarks = append(j.remarks, remarks...)
	if views, err := j.from.db.Views(ctx); err == nil && len(views) > 0 && j.Tables == nil {
		j.remarks = append(j.remarks, "views are left out: "+strings.Join(views, ", "))
	}
	return declared, nil
}

// withoutPartitions leaves out tables whose rows are those of a partitioned one too, which becomes an ordinary table.
func (j *job) withoutPartitions(names []string, found []schema.Found) (whole []string, of []schema.Found) {
	parts := map[string]bool{}
	for i := range found {
		for _, p := range found[i].Partitions {
			parts[p.Name] = true
		}
		if found[i].Partitioned {
			j.remarks = append(j.remarks, names[i]+": the table is partitioned, and becomes an ordinary one "+
				"with the rows of all partitions")
		}
	}
	for i, name := range names {
		if !parts[name] {
			whole, of = append(whole, name), append(of, found[i])
		}
	}
	return whole, of
}

// types sets the key by which a copy goes on, and the types of columns that the dialect does not give them.
func (j *job) types(ctx context.Context, t *table) error {
	for _, c := range t.Table.Key {
		h := t.found.Column(c.Name)
		if h == nil || !h.NotNull && !h.Auto || c.Kind.IsList() || c.Kind == schema.Any || c.Kind == schema.JSON {
			t.key = nil
			break
		}
		t.key = append(t.key, c)
	}
	if j.Models != nil {
		return nil
	}
	for _, c := range t.Columns {
		h := t.found.Column(c.Name)
		switch {
		case j.same && !j.to.postgres && !c.Key:
			c.Kind = schema.Any // a column of SQLite may hold what its type does not say
		case j.to.postgres && j.same && (c.Enum == nil || strings.HasSuffix(h.Type, "[]")):
			t.types[c.Name] = h.Type
			if h.Collation != "" {
				t.types[c.Name] += " COLLATE " + h.Collation
			}
		case c.Kind == schema.Any && j.to.postgres:
			kind, err := j.from.anyKind(ctx, t.Name, c.Name)
			if err != nil {
				return err
			}
			c.Kind = kind
		case c.Kind == schema.Decimal && c.Precision == 0 && j.to.postgres:
			t.types[c.Name] = "NUMERIC"
		}
	}
	return nil
}

// begin makes the tables, or finds how far an earlier copy came.
func (j *job) begin(ctx context.Context) error {
	for _, t := range j.tables {
		target, err := j.to.db.Inspect(ctx, t.Name)
		if err != nil {
			return err
		}
		t.exists = target.Exists
		for _, c := range t.Columns {
			h := target.Column(c.Name)
			switch {
			case h == nil && target.Exists:
				return fmt.Errorf("prom: copy: the table %s of the target has no column %s: add it, or drop the table if it has no rows, "+
					"and the copy makes it", t.Name, c.Name)
			case h != nil && h.Generated, h == nil && c.Generated != "":
			default:
				t.cols = append(t.cols, c)
			}
		}
		if slices.Contains(t.keyAt(), -1) {
			t.key = nil
		}
	}
	begun, err := j.load(ctx)
	switch {
	case j.Again:
		if err := j.clear(ctx); err != nil {
			return err
		}
	case err != nil:
		return err
	case begun:
		return nil
	}
	for _, t := range j.tables {
		if !t.exists {
			continue
		}
		if has, err := j.to.hasRows(ctx, t.Name); err != nil {
			return err
		} else if has {
			return fmt.Errorf("prom: copy: the table %s of the target has rows: copy into a database in which it has none",
				t.Name)
		}
		if err := j.refuseCircles(ctx, t); err != nil {
			return err
		}
	}
	return j.to.db.Tx(ctx, j.create, db.NoForeignKeys())
}

// clear drops what an earlier copy has left: its rows, and the progress table.
func (j *job) clear(ctx context.Context) error {
	found, err := j.to.db.Inspect(ctx, ProgressTable)
	if err != nil || !found.Exists {
		return err
	}
	var names []string
	for _, t := range slices.Backward(j.tables) {
		t.state, t.resumed = state{}, false
		if t.exists {
			names = append(names, t.Name)
		}
	}
	return j.to.db.Tx(ctx, func(ctx context.Context) error {
		if len(names) > 0 {
			if err := j.to.run(ctx, "", j.to.d.ClearTables(names)...); err != nil {
				return err
			}
		}
		return j.to.run(ctx, ProgressTable, j.to.d.DropTables([]string{ProgressTable})...)
	}, db.NoForeignKeys())
}

// refuseCircles refuses a table of PostgreSQL whose rows may refer to rows that come later: its foreign keys are
// checked in each transaction. On SQLite they are not enforced by a copy.
func (j *job) refuseCircles(ctx context.Context, t *table) error {
	if !j.to.postgres {
		return nil
	}
	target, err := j.to.db.InspectAll(ctx, t.Name)
	if err != nil {
		return err
	}
	at := slices.Index(j.tables, t)
	for _, k := range target.ForeignKeys {
		if slices.ContainsFunc(j.tables[at:], func(o *table) bool { return o.Name == k.Table || o.Name == k.FullName }) {
			return fmt.Errorf("prom: copy: the table %s of the target refers to itself or in a circle: drop the foreign key, or the "+
				"tables, which have no rows, and the copy makes them", t.Name)
		}
	}
	return nil
}

// typed is a dialect of a table some of whose columns have types of their own.
type typed struct {
	dialect.Dialect
	types map[string]string
}

// ColumnType implements [dialect.Dialect].
func (d typed) ColumnType(c *schema.Column) string {
	if t, ok := d.types[c.Name]; ok {
		return t
	}
	return d.Dialect.ColumnType(c)
}

// create makes the tables that the target lacks, without indexes, and the progress table.
func (j *job) create(ctx context.Context) error {
	for _, t := range j.tables {
		if t.exists {
			continue
		}
		if err := j.space(ctx, t.Name); err != nil {
			return err
		}
		statements := j.to.d.Prerequisites(t.Columns)
		switch {
		case j.Models != nil:
			statements = append(statements, j.to.d.CreateTable(t.Table, nil)...)
			statements = append(statements, dialect.CreatePartitions(j.to.d, t.Table, time.Now())...)
		case j.to.postgres:
			statements = append(statements, dialect.CreateTable(typed{j.to.d, t.types}, t.Table, j.to.d.Table(t.Name), nil,
				func(c *schema.Column) dialect.Clauses {
					if c.Auto && c.Kind.Integer() {
						return dialect.Clauses{Auto: "GENERATED BY DEFAULT AS IDENTITY"}
					}
					return dialect.Clauses{}
				}))
		case j.same:
			for _, def := range t.found.Definitions {
				if def.Sort == "table" {
					statements = append(statements, def.SQL)
				}
			}
		default:
			statements = append(statements, j.to.d.CreateTable(t.Table, nil)...)
		}
		if err := j.to.run(ctx, t.Name, statements...); err != nil {
			return err
		}
	}
	return j.createProgress(ctx)
}

// space makes the schema of a table.
func (j *job) space(ctx context.Context, name string) error {
	space, _ := schema.SplitName(name)
	if space == "" {
		return nil
	}
	has, err := j.to.db.HasSchema(ctx, space)
	if err != nil || has {
		return err
	}
	return j.to.run(ctx, name, j.to.d.CreateSchema(space))
}

// rows copies the rows of all tables.
func (j *job) rows(ctx context.Context) error {
	for _, t := range j.tables {
		if t.state.done {
			continue
		}
		if err := j.pipe(ctx, t); err != nil {
			return err
		}
		if !t.resumed {
			t.source = t.state.total
		}
	}
	return nil
}

// check compares the rows of both databases, and makes the indexes meanwhile: PostgreSQL does that by itself.
func (j *job) check(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	made := make(chan error, 1)
	indexes := func() error {
		for _, t := range j.tables {
			if err := j.indexes(ctx, t); err != nil {
				return err
			}
		}
		return nil
	}
	if j.to.postgres {
		go func() { made <- indexes() }()
	}
	var err error
	for _, t := range j.tables {
		if err = j.compare(ctx, t); err != nil {
			stop()
			break
		}
	}
	if !j.to.postgres { // which has one writer, and a cache for it
		if err == nil {
			err = indexes()
		}
		return err
	}
	j.tell(Progress{Stage: "index"})
	if indexErr := <-made; err == nil {
		err = indexErr
	}
	return err
}

func (j *job) tell(p Progress) {
	if j.Tell != nil {
		j.Tell(p)
	}
}

// compare compares the rows of both databases. What another run has copied, which had another snapshot of the source,
// is read there once more.
func (j *job) compare(ctx context.Context, t *table) error {
	told := func(rows int64) {
		j.tell(Progress{Table: t.Name, Stage: "check", Rows: rows, Of: t.state.Rows})
	}
	source := t.source
	if t.resumed {
		var err error
		if source, err = j.from.sum(ctx, t, told); err != nil {
			return err
		}
	}
	var target total
	err := j.to.db.Tx(ctx, func(ctx context.Context) (err error) {
		if err = j.to.settle(ctx); err == nil {
			target, err = j.to.sum(ctx, t, told)
		}
		return err
	}, db.ReadOnly(), db.WithIsolation(driver.RepeatableRead))
	if err != nil {
		return err
	}
	changed := ""
	if t.resumed {
		changed = " The source may have changed between two runs of the copy."
	}
	switch {
	case source.Rows != target.Rows:
		return fmt.Errorf("prom: copy %s: the source has %d rows and the target %d.%s Begin again with --again", t.Name,
			source.Rows,
			target.Rows, changed)
	case source.Sum != target.Sum:
		return fmt.Errorf("prom: copy %s: both have %d rows, and their checksums differ.%s Begin again with --again",
			t.Name, source.Rows,
			changed)
	}
	t.state.total = target
	return nil
}
