package walk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/schema"
)

// EnvConstructs is the environment variable that has each table taken for a construct: each operation is tried with it,
// and a line tells what came of them. The rows of all tables are written in transactions that roll back.
const EnvConstructs = "PROM_FIT_CONSTRUCTS"

// Operations are the names of the operations that a line of a construct tells of, in their order.
var Operations = []string{"promgen", "Create", "CreateMany", "COPY", "Save", "Update", "Upsert", "OnConflict", "Eq, In",
	"order", "With", "Dump, Restore", "Plan"}

// What came of an operation. A refusal is told by the kind of its error.
const (
	done  = "yes"
	noUse = "–" // there is nothing of it
)

// asConstruct is what a line of a construct begins with; tabs are between its cells.
const asConstruct = "construct\t"

// construct is a table on which each operation is tried.
type construct struct {
	*walker
	table
	s    *schema.Table
	rows reflect.Value // as they were
}

// constructs prints a line for each table.
func (w *walker) constructs(ctx context.Context, plan *prom.SchemaPlan) {
	for _, t := range w.tables {
		c := &construct{walker: w, table: t, s: t.schema()}
		cells := []string{c.s.Name, c.promgen()}
		rows, err := t.all(ctx)
		if c.rows = rows; err != nil || rows.Len() < 2 {
			w.fault(t, "construct", "two rows are wanted: %v", err)
			continue
		}
		copied := c.many(3000)
		if !w.isPostgres() {
			copied = nil
		}
		for i, try := range []func(ctx context.Context) error{
			c.create, c.many(3), copied, c.save, c.set, c.upsert, c.conflict, c.find, c.order, c.with, c.restore,
		} {
			cells = append(cells, c.try(ctx, Operations[i+1], try))
		}
		steps := done
		if slices.ContainsFunc(plan.Steps, func(s prom.Step) bool { return s.Table == c.s.Name }) {
			steps = "FAULT"
		}
		fmt.Fprintln(w.out, asConstruct+strings.Join(append(cells, steps), "\t"))
	}
}

// PrintedConstructs returns the cells of the lines that [Check] has printed of constructs.
func PrintedConstructs(output string) (list [][]string) {
	for line := range strings.Lines(output) {
		if cells, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), asConstruct); ok {
			list = append(list, strings.Split(cells, "\t"))
		}
	}
	return list
}

var errNoUse = errors.New("no use")

// refusals are the kinds of errors by which the library refuses what cannot be.
var refusals = map[string]error{"ErrValidation": prom.ErrValidation, "ErrType": prom.ErrType}

// try runs an operation in a transaction that rolls back, and says what came of it.
func (c *construct) try(ctx context.Context, about string, try func(ctx context.Context) error) string {
	if try == nil {
		return noUse
	}
	err := c.db.Tx(ctx, func(ctx context.Context) error {
		if err := try(ctx); err != nil {
			return err
		}
		return errUndo
	})
	switch {
	case errors.Is(err, errUndo):
		return done
	case errors.Is(err, errNoUse):
		return noUse
	}
	for name, kind := range refusals {
		if errors.Is(err, kind) {
			c.note(c.table, about, "refused: %v", err)
			return name
		}
	}
	return c.fault(c.table, about, "%v", err)
}

func (c *construct) promgen() string {
	if names := c.leftOut(c.table); len(names) > 0 {
		return "without " + strings.Join(names, ", ")
	}
	return done
}

// fresh returns a row that can be stored beside the others, with the values of row i.
func (c *construct) fresh(ctx context.Context, i int) (any, error) {
	return c.clone(ctx, c.table, c.rows.Index(i%c.rows.Len()))
}

// writable returns the columns that a write may give another value.
func (c *construct) writable() (list []*schema.Column) {
	for _, col := range c.s.Columns {
		if !col.Key && !col.ReadOnly {
			list = append(list, col)
		}
	}
	return list
}

// mixed returns a copy of a row, with the values that another one has outside its key.
func (c *construct) mixed(row, from reflect.Value) any {
	p := reflect.New(row.Type())
	for _, col := range c.s.Columns {
		if col.Key {
			p.Elem().FieldByIndex(col.Path).Set(row.FieldByIndex(col.Path))
		}
	}
	sets := c.uniqueSets(c.s)
	for _, col := range c.writable() {
		source := from
		if slices.ContainsFunc(sets, func(set []*schema.Column) bool { return slices.Contains(set, col) }) {
			source = row // two rows may not have it
		}
		p.Elem().FieldByIndex(col.Path).Set(source.FieldByIndex(col.Path))
	}
	return p.Interface()
}

// holds returns an error unless a row is stored with the values of wanted, and the program has the row as it is stored.
func (c *construct) holds(ctx context.Context, row any, wanted []string) error {
	if problem := c.same(ctx, c.table, row); problem != "" {
		return errors.New(problem)
	}
	got := recordOf(reflect.ValueOf(row).Elem(), c.s)
	for _, col := range c.writable() {
		if i := col.Ordinal; got[i] != wanted[i] && !c.triggers[c.s.Name] {
			return fmt.Errorf("%s: %.60q was written, and %.60q is stored", col.Name, wanted[i], got[i])
		}
	}
	return nil
}

func (c *construct) create(ctx context.Context) error {
	for i := range c.rows.Len() {
		row, err := c.fresh(ctx, i)
		if err != nil {
			return err
		}
		wanted := recordOf(reflect.ValueOf(row).Elem(), c.s)
		if err := c.table.create(ctx, row); err != nil {
			return err
		}
		if err := c.holds(ctx, row, wanted); err != nil {
			return err
		}
	}
	return nil
}

// many returns an operation that stores n rows at once, and compares all of them.
func (c *construct) many(n int) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		list, wanted := make([]any, n), map[string]int{}
		for i := range list {
			row, err := c.fresh(ctx, i)
			if err != nil {
				return err
			}
			wanted[c.plainText(recordOf(reflect.ValueOf(row).Elem(), c.s))]++
			list[i] = row
		}
		for i := range c.rows.Len() {
			wanted[c.plainText(recordOf(c.rows.Index(i), c.s))]++
		}
		if err := c.createMany(ctx, list...); err != nil {
			return err
		}
		stored, err := c.stored(ctx, "")
		if err != nil {
			return err
		}
		for _, record := range stored {
			wanted[c.plainText(record)]--
		}
		for text, n := range wanted {
			if n != 0 && !c.triggers[c.s.Name] {
				return fmt.Errorf("%d rows too few (negative: too many) with %.200q", n, text)
			}
		}
		return nil
	}
}

// plainText joins the texts of what a write sets of a row: not the key that a database makes.
func (c *construct) plainText(record []string) string {
	var list []string
	for _, col := range c.s.Columns {
		if !col.Auto && !col.ReadOnly {
			list = append(list, record[col.Ordinal])
		}
	}
	return strings.Join(list, between)
}

// stored returns the rows of the table, read by SQL of its own.
func (c *construct) stored(ctx context.Context, tail string) ([][]string, error) {
	texts, err := c.textsIn(ctx, "SELECT "+c.row("x", c.s)+" FROM "+c.quoteTable(c.s.Name)+" AS x"+tail)
	if err != nil {
		return nil, err
	}
	list := make([][]string, len(texts))
	for i, text := range texts {
		if list[i], err = c.record(text, c.s); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// written has an operation write a row that has the key of one row and the values of another.
func (c *construct) written(ctx context.Context, write func(row any) error) error {
	if len(c.s.Key) == 0 {
		return errNoUse
	}
	for i := range c.rows.Len() {
		row := c.mixed(c.rows.Index(i), c.rows.Index((i+1)%c.rows.Len()))
		wanted := recordOf(reflect.ValueOf(row).Elem(), c.s)
		if err := write(row); err != nil {
			return err
		}
		if err := c.holds(ctx, row, wanted); err != nil {
			return err
		}
	}
	return nil
}

func (c *construct) save(ctx context.Context) error {
	return c.written(ctx, func(row any) error { return c.table.save(ctx, row) })
}

func (c *construct) upsert(ctx context.Context) error {
	return c.written(ctx, func(row any) error { return c.table.upsert(ctx, row) })
}

func (c *construct) conflict(ctx context.Context) error {
	return c.written(ctx, func(row any) error {
		other := reflect.New(reflect.TypeOf(row).Elem())
		other.Elem().Set(reflect.ValueOf(row).Elem())
		outcome, err := c.onConflict(ctx, other.Interface(), true)
		if err == nil && outcome != prom.Unchanged {
			err = fmt.Errorf("DoNothing has %s a row", outcome)
		}
		if err != nil {
			return err
		}
		outcome, err = c.onConflict(ctx, row, false)
		if err == nil && outcome != prom.Updated {
			err = fmt.Errorf("UpdateAll has left the row %s", outcome)
		}
		return err
	})
}

// set gives each column of a row the value of another one.
func (c *construct) set(ctx context.Context) error {
	cols := c.writable()
	if len(cols) == 0 {
		return errNoUse
	}
	row, from := c.rows.Index(0), c.rows.Index(1)
	mixed := reflect.ValueOf(c.mixed(row, from)).Elem()
	wanted := recordOf(mixed, c.s)
	for _, col := range cols {
		x := plain(mixed.FieldByIndex(col.Path))
		n, err := c.table.update(ctx, row, col.Name, x)
		if err != nil {
			return fmt.Errorf("%s: %w", col.Name, err)
		}
		if want := c.rows.Len(); len(c.s.Key) > 0 && n != 1 || len(c.s.Key) == 0 && n != want {
			return fmt.Errorf("%s: %d rows", col.Name, n)
		}
	}
	stored, err := c.stored(ctx, "")
	if err != nil {
		return err
	}
	key := recordOf(row, c.s)
	for _, record := range stored {
		if slices.ContainsFunc(c.s.Key, func(k *schema.Column) bool { return record[k.Ordinal] != key[k.Ordinal] }) {
			continue
		}
		for _, col := range cols {
			if i := col.Ordinal; record[i] != wanted[i] && !c.triggers[c.s.Name] {
				return fmt.Errorf("%s: %.60q was set, and %.60q is stored", col.Name, wanted[i], record[i])
			}
		}
	}
	return nil
}

// find looks for the value of each row in each column, and for all of them.
func (c *construct) find(ctx context.Context) error {
	for _, col := range c.s.Columns {
		counts, values := map[string]int{}, []any{}
		for i := range c.rows.Len() {
			counts[recordOf(c.rows.Index(i), c.s)[col.Ordinal]]++
		}
		for i := range c.rows.Len() {
			x := plain(c.rows.Index(i).FieldByIndex(col.Path))
			found, err := c.where(ctx, col.Name, x)
			if err != nil {
				return fmt.Errorf("%s: %w", col.Name, err)
			}
			if want := counts[recordOf(c.rows.Index(i), c.s)[col.Ordinal]]; found.Len() != want {
				return fmt.Errorf("%s: Eq finds %d rows instead of %d", col.Name, found.Len(), want)
			}
			if x != nil {
				values = append(values, x)
			}
		}
		found, err := c.where(ctx, col.Name, append(values, values...)...)
		if err != nil {
			return fmt.Errorf("%s: %w", col.Name, err)
		}
		if found.Len() != len(values) {
			return fmt.Errorf("%s: In finds %d rows instead of %d", col.Name, found.Len(), len(values))
		}
	}
	return nil
}

// order sorts by each column, and compares with the order of the database, or with that of texts where it has none.
func (c *construct) order(ctx context.Context) error {
	for _, col := range c.s.Columns {
		name := "x." + c.quote(col.Name)
		var stored [][]string
		err := c.db.Tx(ctx, func(ctx context.Context) (err error) { // a savepoint
			stored, err = c.stored(ctx, " ORDER BY "+name+" ASC NULLS LAST")
			return err
		})
		if err != nil {
			if stored, err = c.stored(ctx, " ORDER BY "+name+"::text COLLATE \"C\" ASC NULLS LAST"); err != nil {
				return err
			}
		}
		sorted, err := c.sorted(ctx, col.Name)
		if err != nil {
			return fmt.Errorf("%s: %w", col.Name, err)
		}
		for i, record := range stored {
			if got := recordOf(sorted.Index(i), c.s)[col.Ordinal]; got != record[col.Ordinal] {
				return fmt.Errorf("%s: %.60q is at place %d instead of %.60q", col.Name, got, i, record[col.Ordinal])
			}
		}
	}
	return nil
}

func (c *construct) with(ctx context.Context) error {
	if len(c.table.relations()) == 0 {
		return errNoUse
	}
	for i, name := range c.table.relations() {
		if _, problem := c.relation(ctx, c.table, i, name); problem != "" {
			return fmt.Errorf("%s: %s", name, problem)
		}
	}
	return nil
}

// restore empties the table, and fills it again from a dump.
func (c *construct) restore(ctx context.Context) error {
	var dump bytes.Buffer
	if err := prom.Dump(ctx, &dump, c.repo()); err != nil {
		return err
	}
	before, err := c.stored(ctx, "")
	if err != nil {
		return err
	}
	for _, k := range c.referring() {
		if _, err := prom.RawExec(ctx, c.db, "DELETE FROM "+c.quoteTable(k)); err != nil {
			return err
		}
	}
	if _, err := prom.RawExec(ctx, c.db, "DELETE FROM "+c.quoteTable(c.s.Name)); err != nil && !c.isView(c.table) {
		return err
	}
	if err := prom.Restore(ctx, &dump, c.repo()); err != nil {
		return err
	}
	after, err := c.stored(ctx, "")
	if err != nil {
		return err
	}
	compare := func(a, b []string) int { return slices.Compare(a, b) }
	slices.SortFunc(before, compare)
	slices.SortFunc(after, compare)
	if !reflect.DeepEqual(before, after) {
		return fmt.Errorf("%.300q became %.300q", before, after)
	}
	return nil
}

// referring returns the other tables that refer to the table.
func (c *construct) referring() (names []string) {
	for _, t := range c.tables {
		for _, k := range c.found[t.schema().Name].ForeignKeys {
			if k.Table == c.s.Name && t != c.table {
				names = append(names, t.schema().Name)
			}
		}
	}
	return names
}
