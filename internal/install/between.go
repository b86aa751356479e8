package install

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/snapshot"
	"github.com/prom-go/prom/schema"
)

// Between tells what leads from one declared schema to another one, in an order in which it can be done, without a
// database that has either. It supposes that this library made all that is there, so that what the new schema does not
// have is dropped. With filled the tables have rows: what they need to be locked or rewritten for is done apart, and a
// column that rows have no value for is added as one that takes NULL, and gets NOT NULL by a step of its own. The
// tables are those that [snapshot.Declared] and [snapshot.Read] return; views are left out.
//
// PostgreSQL's schemas are compared as they are declared. Those of SQLite are made in memory, and each step is run
// there.
func Between(ctx context.Context, d dialect.Dialect, was, now []*schema.Table, filled bool) (steps []schema.Step,
	err error) {
	b := between{ctx: ctx, d: d, was: tablesOf(was), now: tablesOf(now), filled: filled, made: map[string]bool{}}
	if d.ShadowApart() {
		err = inMemory(ctx, func(ctx context.Context, scratch *db.DB) error {
			return scratch.Tx(ctx, func(ctx context.Context) error {
				b.ctx, b.scratch = ctx, scratch
				return b.all()
			}, db.NoForeignKeys())
		})
	} else {
		err = b.all()
	}
	if err != nil {
		return nil, err
	}
	steps = valuesOnce(append(b.steps, b.refs...))
	if b.scratch == nil { // where they have been run in their order
		slices.SortStableFunc(steps, func(x, y schema.Step) int { return cmp.Compare(phase(&x), phase(&y)) })
	}
	return append(steps, b.last...), nil
}

func tablesOf(list []*schema.Table) []*schema.Table {
	return slices.DeleteFunc(slices.Clone(list), func(t *schema.Table) bool { return t.View })
}

// declaring is a dialect that tells what a server would make of a table, without a server.
type declaring interface {
	Declared(t *schema.Table) schema.Found
}

// between compares two declared schemas.
type between struct {
	ctx         context.Context //nolint:containedctx // of the one call
	d           dialect.Dialect
	was, now    []*schema.Table
	filled      bool
	scratch     *db.DB          // of SQLite: has what was, with the steps so far
	made        map[string]bool // tables and schemas that are there
	steps, refs []schema.Step
	last        []schema.Step // after all others
}

func (b *between) all() error {
	for _, t := range append(slices.Clone(b.was), b.now...) {
		if t.Schema() != "" && b.scratch != nil {
			return fmt.Errorf("prom: migrate: the table %s is in an attached database, which migrations of SQLite do not reach; "+
				"leave its model out", t.Name)
		}
		if err := fillable(t, t.Columns); err != nil {
			return err
		}
	}
	if err := b.makeScratch(); err != nil {
		return err
	}
	renames := snapshot.RenamesOf(b.was, b.now)
	renamed, err := renames.Of(b.was)
	if err != nil {
		return err
	}
	for _, t := range b.was {
		b.made[t.Name] = true
		b.made[schemaKey+t.Schema()] = true
	}
	for _, t := range b.now {
		if err := b.rename(t, renames, renamed); err != nil {
			return err
		}
	}
	for _, t := range Order(b.now) {
		if old := find(renamed, t.Name); old == nil {
			err = b.create(t)
		} else {
			err = b.alter(t, old)
		}
		if err != nil {
			return err
		}
	}
	b.drop(renamed)
	for _, s := range b.last {
		if err := b.run(s.Table, s.SQL); err != nil {
			return err
		}
	}
	return nil
}

func find(list []*schema.Table, name string) *schema.Table {
	if i := slices.IndexFunc(list, func(t *schema.Table) bool { return t.Name == name }); i >= 0 {
		return list[i]
	}
	return nil
}

// run runs statements in memory.
func (b *between) run(table string, statements []string) error {
	if b.scratch == nil {
		return nil
	}
	for _, sql := range statements {
		if _, err := b.scratch.Exec(b.ctx, &driver.Statement{SQL: sql, Op: "migrate", Table: table}); err != nil {
			return err
		}
	}
	return nil
}

// makeScratch makes what was.
func (b *between) makeScratch() error {
	if b.scratch == nil {
		return nil
	}
	for _, t := range b.was {
		if err := b.run(t.Name, b.creation(t, nil)); err != nil {
			return err
		}
		if !t.Audited {
			continue
		}
		support, list, err := auditStatements(b.d, t, schema.ColumnNames(t.Columns), t.Unaudited(), nil)
		if err == nil {
			err = b.run(t.Name, append(support, list...))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// creation returns the statements that make a table with its indexes. A reference of one column to a table that is not
// there yet is given to later, and so are foreign keys of several columns.
func (b *between) creation(t *schema.Table, later func(sql string)) (list []string) {
	list = append(b.d.Prerequisites(t.Columns), b.d.CreateTable(t, func(c *schema.Column) bool {
		if !t.Enforces(c) || b.d.Features().DeferredRefs {
			return true
		}
		if target := t.TargetOf(c).Name; t.Distribution == nil && (target == t.Name || b.made[target]) {
			return true
		}
		later(b.d.AddReference(t, c))
		return false
	})...)
	list = append(list, dialect.CreatePartitions(b.d, t, time.Time{})...) // those of periods follow when the time has come
	if sql := b.d.Distribute(t, beside(t, func(name string) bool { return b.made[name] })); sql != "" {
		list = append(list, sql)
	}
	for _, ix := range t.Indexes {
		list = append(list, b.d.CreateIndex(t, ix)...)
	}
	for _, k := range t.ForeignKeys {
		if sql := b.d.AddForeignKey(t, k, true, nil); t.EnforcesKey(k) && sql != "" {
			later(sql)
		}
	}
	return list
}

// schema adds the step that makes the schema of a table, if no table was in it.
func (b *between) schema(t *schema.Table) {
	space := t.Schema()
	if space == "" || b.made[schemaKey+space] {
		return
	}
	b.made[schemaKey+space] = true
	b.steps = append(b.steps, schema.Step{Kind: schema.CreateSchema, Table: t.Name, Name: space, Risk: schema.Additive,
		Reason: space + ": schema is missing", SQL: []string{b.d.CreateSchema(space)}})
}

func (b *between) create(t *schema.Table) error {
	b.schema(t)
	step := schema.Step{Kind: schema.CreateTable, Table: t.Name, Risk: schema.Additive,
		Reason: t.Name + ": table is missing"}
	step.SQL = b.creation(t, func(sql string) {
		b.refs = append(b.refs, schema.Step{Kind: schema.AddConstraint, Table: t.Name, Risk: schema.Additive,
			Reason: t.Name + ": a reference, which is added when all tables are there", SQL: []string{sql}})
	})
	b.made[t.Name] = true
	b.steps = append(b.steps, step)
	if err := b.run(t.Name, step.SQL); err != nil {
		return err
	}
	return b.audit(t, nil)
}

// rename adds the steps that give a table and its columns new names, and what is named after them.
func (b *between) rename(t *schema.Table, renames snapshot.Renames, renamed []*schema.Table) error {
	to := find(renamed, t.Name)
	if to == nil {
		return nil
	}
	name := t.Name
	for from, now := range renames.Tables {
		if now == t.Name {
			name = from
		}
	}
	old := find(b.was, name)
	found, err := b.found(old)
	if err != nil {
		return err
	}
	step := func(kind schema.StepKind, drift *schema.Drift, sql []string) error {
		b.steps = append(b.steps, schema.Step{Kind: kind, Table: t.Name, Name: drift.Name, Risk: schema.Additive, SQL: sql,
			Reason: drift.Error() + "; versions of the program that use the old name no longer find it"})
		return b.run(t.Name, sql)
	}
	before := len(b.steps)
	if name != t.Name {
		b.schema(t)
		b.made[t.Name] = true
		from := *t
		from.Was = name
		drift := &schema.Drift{Sort: schema.Renamed, Object: schema.OfTable, Table: t.Name, Have: name}
		if err := step(schema.RenameTable, drift, b.d.RenameTable(&from, &found)); err != nil {
			return err
		}
		found = found.WithTable(name, t.Name)
	}
	for _, c := range t.Columns {
		if c.Was == "" || renames.Columns[t.Name][c.Was] != c.Name {
			continue
		}
		if b.scratch != nil {
			if found, err = b.scratch.InspectAll(b.ctx, t.Name); err != nil {
				return err
			}
		}
		drift := &schema.Drift{Sort: schema.Renamed, Object: schema.OfColumn, Table: t.Name, Name: c.Name, Have: c.Was}
		if err := step(schema.RenameColumn, drift, b.d.RenameColumn(t, c, &found)); err != nil {
			return err
		}
		found = found.WithColumn(t.Name, c.Was, c.Name)
	}
	if len(b.steps) == before {
		return nil
	}
	return b.renameRest(&b.steps[len(b.steps)-1], old, to, renames)
}

// renameRest adds to the last step of a table that was renamed what gives its indexes and foreign keys the names that
// they have in a new table, as far as no step has done that.
func (b *between) renameRest(s *schema.Step, old, to *schema.Table, renames snapshot.Renames) error {
	var all []string
	for i := range b.steps {
		if b.steps[i].Table == to.Name {
			all = append(all, b.steps[i].SQL...)
		}
	}
	done := func(name string) bool {
		return slices.ContainsFunc(all, func(sql string) bool { return strings.HasSuffix(sql, " TO "+dialect.Quote(name)) })
	}
	var rest []string
	for _, ix := range old.Indexes {
		name := renames.Index(old.Name, ix.Name)
		i := slices.IndexFunc(to.Indexes, func(o *schema.Index) bool { return o.Name == name })
		if name != ix.Name && ix.FullText == nil && i >= 0 && !done(name) {
			rest = append(rest, b.renameIndex(to, ix.Name, to.Indexes[i])...)
		}
	}
	if b.scratch == nil {
		for i, k := range old.ForeignKeys { // those of one column follow it
			from := dialect.ForeignKeyName(old, k)
			name := dialect.ForeignKeyName(to, to.ForeignKeys[min(i, len(to.ForeignKeys)-1)])
			if now := b.keyName(old, to, k, renames); now != "" {
				name = now
			}
			if from != name && !done(name) {
				rest = append(rest, "ALTER TABLE "+b.d.Table(to.Name)+" RENAME CONSTRAINT "+dialect.Quote(from)+" TO "+
					dialect.Quote(name))
			}
		}
	}
	s.SQL = append(s.SQL, rest...)
	return b.run(to.Name, rest)
}

// keyName returns the name that a foreign key of several columns has by the new names of its columns, "" for none.
func (b *between) keyName(old, to *schema.Table, k *schema.ForeignKey, renames snapshot.Renames) string {
	names := schema.ColumnNames(k.Columns)
	for i := range names {
		names[i] = renames.Column(to.Name, names[i])
	}
	for _, o := range to.ForeignKeys {
		if slices.Equal(schema.ColumnNames(o.Columns), names) {
			return dialect.ForeignKeyName(to, o)
		}
	}
	return ""
}

// renameIndex returns the statements that give an index another name. SQLite makes it again.
func (b *between) renameIndex(t *schema.Table, from string, ix *schema.Index) []string {
	if b.scratch == nil {
		return []string{"ALTER INDEX " + b.d.Index(t.Name, from) + " RENAME TO " + dialect.Quote(ix.Name)}
	}
	return append([]string{"DROP INDEX " + b.d.Index(t.Name, from)}, b.d.CreateIndex(t, ix)...)
}

// found tells what there is of a table, which is declared.
func (b *between) found(t *schema.Table) (schema.Found, error) {
	if b.scratch != nil {
		return b.scratch.InspectAll(b.ctx, t.Name)
	}
	d, ok := b.d.(declaring)
	if !ok {
		return schema.Found{}, fmt.Errorf("prom: migrate: the dialect %s does not tell what it would make of a table", b.d.Name())
	}
	return d.Declared(t), nil
}

// want tells what the engine would make of a table.
func (b *between) want(t *schema.Table) (schema.Found, error) {
	if b.scratch != nil {
		return makeShadow(b.ctx, b.scratch, t)
	}
	return b.found(t)
}

// rounds bounds how often a table is compared: a column that rows need a value for takes two of them.
const rounds = 3

func (b *between) alter(t, old *schema.Table) error {
	want, err := b.want(t)
	if err != nil {
		return err
	}
	have, err := b.found(old)
	if err != nil {
		return err
	}
	for round := range rounds {
		if round > 0 && b.scratch != nil {
			if have, err = b.found(t); err != nil {
				return err
			}
		}
		indexes := b.renamedIndexes(t, &want, &have)
		steps := slices.DeleteFunc(b.drifting(t, &want, &have), func(s schema.Step) bool {
			return round > 0 && s.Kind == schema.ByHand // told already
		})
		steps = append(indexes, steps...)
		for i := range steps {
			if err := b.run(t.Name, steps[i].SQL); err != nil {
				return err
			}
		}
		b.steps = append(b.steps, steps...)
		if have = b.after(t, want, steps); len(steps) == 0 || b.scratch == nil && round > 0 {
			break
		}
	}
	if drift := partitionDrift(t, b.partitions(t), b.partitions(old)); drift != nil {
		b.steps = append(b.steps, dialect.ByHand(drift, "PostgreSQL does not change how a table is partitioned: "+
			"create a table of another name by another model, copy the rows, and exchange the names"))
	}
	if was, is := distributionOf(old), distributionOf(t); was != is {
		drift := &schema.Drift{Sort: schema.Different, Object: schema.OfDistribution, Table: t.Name,
			Aspect: schema.AspectText, Have: was, Want: is}
		b.steps = append(b.steps, dialect.ByHand(drift,
			"all rows move: use the functions of Citus, when there is time for it"))
	}
	return b.audit(t, old)
}

// distributionOf tells how a table is distributed, "" for an ordinary one.
func distributionOf(t *schema.Table) string {
	if t.Distribution == nil {
		return ""
	}
	return t.Distribution.String()
}

// partitions tells how a table is partitioned, as far as it is by its beginning.
func (b *between) partitions(t *schema.Table) string {
	by := b.d.PartitionBy(t)
	if by != "" && t.Partition.Count > 0 {
		by += fmt.Sprintf(" in %d partitions", t.Partition.Count)
	}
	return by
}

// after tells what is there after steps, where no engine does: what the model wants, but for columns that take NULL
// until rows have values.
func (b *between) after(t *schema.Table, want schema.Found, steps []schema.Step) schema.Found {
	want.Columns = slices.Clone(want.Columns)
	for i := range steps {
		s := &steps[i]
		if c := t.Column(s.Name); s.Kind == schema.AddColumn && b.filled && s.SQL != nil && dialect.NeedsValue(b.d, c) {
			f := want.Column(c.Name)
			f.NotNull, f.Default = false, ""
		}
	}
	return want
}

// drifting returns the steps from what there is of a table to what is wanted.
func (b *between) drifting(t *schema.Table, want, have *schema.Found) []schema.Step {
	for i := range have.Columns {
		have.Columns[i].OwnCollation = have.Columns[i].NoCase
	}
	drifts := slices.DeleteFunc(t.Compare(want, have), func(d *schema.Drift) bool {
		return d.Object == schema.OfValue && d.Sort == schema.Extra // an enum keeps its values
	})
	for _, d := range drifts {
		d.At.Own, d.At.Holds = true, false
	}
	return b.d.Alter(&dialect.Alteration{Table: t, Want: want, Have: have, Drifts: drifts, Filled: b.filled,
		Declared: true})
}

// renamedIndexes returns the steps for indexes that have got another name and nothing else, and notes those names.
func (b *between) renamedIndexes(t *schema.Table, want, have *schema.Found) (steps []schema.Step) {
	for i := range have.Indexes {
		h := &have.Indexes[i]
		if h.Bound || h.SQL != "" || want.Index(h.Name) != nil {
			continue
		}
		j := slices.IndexFunc(t.Indexes, func(ix *schema.Index) bool {
			w := want.Index(ix.Name)
			return w != nil && have.Index(ix.Name) == nil && w.Alike(h)
		})
		if j < 0 {
			continue
		}
		ix := t.Indexes[j]
		steps = append(steps, schema.Step{Kind: schema.ReplaceIndex, Table: t.Name, Name: ix.Name, Risk: schema.Additive,
			Reason: t.Name + ": index " + ix.Name + " is still named " + h.Name, SQL: b.renameIndex(t, h.Name, ix)})
		for k := range have.Definitions {
			if have.Definitions[k].Name == h.Name && b.scratch != nil {
				have.Definitions[k].Name, have.Definitions[k].SQL = ix.Name, b.d.CreateIndex(t, ix)[0]
			}
		}
		h.Name = ix.Name
	}
	return steps
}
