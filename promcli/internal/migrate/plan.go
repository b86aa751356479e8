package migrate

import (
	"context"
	"slices"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/internal/snapshot"
	"github.com/prom-go/prom/schema"
)

// Plan is what leads from a declared schema to another one, and back.
type Plan struct {
	Up, Down []schema.Step
	Kept     []schema.Step   // what was not allowed, and waits
	Tables   []*schema.Table // what is declared after Up: what is kept included
	renames  snapshot.Renames
	was, now []*schema.Table
	renamed  []*schema.Table // was, with the names of now
}

// Empty reports whether there is nothing to do.
func (p *Plan) Empty() bool { return len(p.Up) == 0 }

// Between plans from the tables of a snapshot to those of models. Without lossy, what would lose something is kept: the
// tables that are declared then have it still.
func Between(ctx context.Context, d dialect.Dialect, was, models []*schema.Table, lossy bool) (*Plan, error) {
	now, err := snapshot.Declared(models)
	if err != nil {
		return nil, err
	}
	p := &Plan{was: was, now: now, renames: snapshot.RenamesOf(was, now)}
	inOrder(was, now, p.renames)
	all, err := install.Between(ctx, d, was, now, true)
	if err != nil {
		return nil, err
	}
	p.Up, p.Tables = all, now
	if !lossy && slices.ContainsFunc(all, loses) {
		if err := p.keep(ctx, d, all); err != nil {
			return nil, err
		}
	}
	return p, p.undo(ctx, d)
}

// undo plans the way back: first to what was before under the names of now, and then to the names of before. So what a
// file undoes has the names that the file has given it.
func (p *Plan) undo(ctx context.Context, d dialect.Dialect) error {
	var err error
	if p.renamed, err = p.renames.Of(p.was); err != nil {
		return err
	}
	inOrder(p.renamed, p.now, snapshot.Renames{})
	back, err := p.back()
	if err != nil {
		return err
	}
	if p.Down, err = install.Between(ctx, d, p.Tables, p.renamed, false); err != nil {
		return err
	}
	names, err := install.Between(ctx, d, p.renamed, back, false)
	p.Down = append(p.Down, names...)
	return err
}

func loses(s schema.Step) bool { return s.Risk == schema.Lossy }

// keep takes what loses something out of the plan: each change of a line of the declared schema by which a step does,
// when it is the only one that takes something away.
func (p *Plan) keep(ctx context.Context, d dialect.Dialect, all []schema.Step) error {
	renamed, err := p.renames.Of(p.was)
	if err != nil {
		return err
	}
	inOrder(renamed, p.now, snapshot.Renames{})
	from, err := snapshot.Of(renamed)
	if err != nil {
		return err
	}
	to, err := snapshot.Of(p.now)
	if err != nil {
		return err
	}
	taking := slices.DeleteFunc(snapshot.Changes(from, to), func(c snapshot.Change) bool { return c.Was == "" })
	var lost []snapshot.Change
	for i, c := range taking {
		others := slices.Delete(slices.Clone(taking), i, i+1)
		tables, err := to.Without(from, others).Tables()
		if err != nil { // others need what it takes
			lost = append(lost, c)
			continue
		}
		steps, err := install.Between(ctx, d, renamed, tables, true)
		if err != nil || slices.ContainsFunc(steps, loses) {
			lost = append(lost, c)
		}
	}
	for _, left := range [][]snapshot.Change{lost, taking} {
		tables, err := to.Without(from, left).Tables()
		if err != nil {
			continue
		}
		p.order(tables)
		steps, err := install.Between(ctx, d, p.was, tables, true)
		if err != nil {
			return err
		}
		if p.Up, p.Tables = steps, tables; !slices.ContainsFunc(steps, loses) {
			break
		}
	}
	for _, s := range all {
		if loses(s) {
			p.Kept = append(p.Kept, s)
		}
	}
	return nil
}

// order gives tables the names from before and the order of columns that the models tell.
func (p *Plan) order(tables []*schema.Table) {
	for _, t := range tables {
		if of := tableOf(p.now, t.Name); of != nil {
			t.Was = of.Was
			for _, c := range t.Columns {
				if o := of.Column(c.Name); o != nil {
					c.Was = o.Was
				}
			}
		}
	}
	inOrder(tables, p.now, snapshot.Renames{})
}

func tableOf(list []*schema.Table, name string) *schema.Table {
	if i := slices.IndexFunc(list, func(t *schema.Table) bool { return t.Name == name }); i >= 0 {
		return list[i]
	}
	return nil
}

// inOrder gives the columns of tables, which a snapshot has by name, the order in which the models have them, and those
// that no model has come last.
func inOrder(tables, models []*schema.Table, renames snapshot.Renames) {
	for _, t := range tables {
		name := renames.Table(t.Name)
		of := tableOf(models, name)
		if of == nil {
			continue
		}
		place := func(c *schema.Column) int {
			if o := of.Column(renames.Column(name, c.Name)); o != nil {
				return o.Ordinal
			}
			return len(of.Columns)
		}
		slices.SortStableFunc(t.Columns, func(a, b *schema.Column) int { return place(a) - place(b) })
		for i, c := range t.Columns {
			c.Ordinal = i
		}
	}
}

// back returns the tables of before, which say that what was renamed has its name of now.
func (p *Plan) back() ([]*schema.Table, error) {
	text, err := snapshot.Of(p.was)
	if err != nil {
		return nil, err
	}
	tables, err := text.Tables()
	if err != nil {
		return nil, err
	}
	inOrder(tables, p.now, p.renames)
	for _, t := range tables {
		now := p.renames.Table(t.Name)
		if now != t.Name {
			t.Was = now
		}
		for _, c := range t.Columns {
			if name := p.renames.Column(now, c.Name); name != c.Name {
				c.Was = name
			}
		}
	}
	return tables, nil
}

// unit is what is done by one file.
type unit struct {
	up, down []schema.Step
	part     string // of the first step: the statement that the file has of it, where a step needs several files
	follows  bool   // the steps are undone by the file before
	mode     mode
}

type mode uint8

const (
	inTx    mode = iota
	noTx         // each statement commits by itself
	rebuild      // of SQLite: in a transaction in which foreign keys are not heeded
)

// units divides a plan into files. Single says that a file which is not in a transaction has one statement.
func (p *Plan) units(d dialect.Dialect, single bool) []unit {
	if d.ShadowApart() { // SQLite, where all can be in one transaction
		u := unit{up: p.Up, down: p.Down}
		if slices.ContainsFunc(slices.Concat(p.Up, p.Down), func(s schema.Step) bool { return s.Rebuild }) {
			u.mode = rebuild
		}
		return []unit{u}
	}
	var list []unit
	// A default may be a value that an enum gets, which no transaction may use before that has ended.
	ups := slices.DeleteFunc(slices.Clone(p.Up), p.goesWithColumn)
	slices.SortStableFunc(ups, func(x, y schema.Step) int { return later(x) - later(y) })
	for _, s := range ups {
		last := len(list) - 1
		switch {
		case !s.Apart && last >= 0 && list[last].mode == inTx:
			list[last].up = append(list[last].up, s)
		case !s.Apart:
			list = append(list, unit{up: []schema.Step{s}})
		case s.Kind == schema.AddValue && !single && last >= 0 && list[last].up[0].Kind == schema.AddValue:
			list[last].up = append(list[last].up, s)
		case single:
			for i, sql := range s.SQL {
				list = append(list, unit{up: []schema.Step{s}, part: sql, follows: i > 0, mode: noTx})
			}
		default:
			list = append(list, unit{up: []schema.Step{s}, mode: noTx})
		}
	}
	for _, s := range p.Down {
		if i := p.undoes(list, s); i >= 0 {
			list[i].down = append(list[i].down, s)
		}
	}
	for i := range list {
		// A column that is added and becomes NOT NULL later is dropped at once.
		if s := list[i].up[0]; s.Aspect == schema.AspectNull && list[i].down == nil && !list[i].follows {
			s.Risk, s.Probe, s.Apart = schema.Additive, "", false
			s.Reason = s.Table + "." + s.Name + ": column takes NULL again"
			s.SQL = []string{"ALTER TABLE " + d.Table(s.Table) + " ALTER COLUMN " + d.Quote(s.Name) + " DROP NOT NULL"}
			list[i].down = []schema.Step{s}
		}
	}
	return list
}

// goesWithColumn reports whether a step drops a constraint of a column that is dropped too, and comes back with it.
func (p *Plan) goesWithColumn(s schema.Step) bool {
	of := tableOf(p.renamed, s.Table)
	return s.Kind == schema.DropConstraint && slices.ContainsFunc(p.Up, func(o schema.Step) bool {
		if o.Kind != schema.DropColumn || o.Table != s.Table || of == nil {
			return false
		}
		c := of.Column(o.Name)
		return o.Name == s.Name || c != nil && of.CheckName(c) == s.Name
	})
}

func later(s schema.Step) int {
	if s.Kind == schema.AddValue {
		return 0
	}
	return 1
}

// inverse are the kinds of the steps that a step undoes, the likeliest first.
var inverse = map[schema.StepKind][]schema.StepKind{
	schema.DropTable: {schema.CreateTable}, schema.CreateTable: {schema.DropTable},
	schema.RenameTable: {schema.RenameTable}, schema.RenameColumn: {schema.RenameColumn},
	schema.DropColumn: {schema.AddColumn}, schema.AddColumn: {schema.DropColumn},
	schema.AlterColumn: {schema.AlterColumn, schema.AddColumn}, schema.CreateIndex: {schema.DropIndex},
	schema.DropIndex: {schema.CreateIndex}, schema.ReplaceIndex: {schema.ReplaceIndex},
	schema.AddConstraint:     {schema.DropConstraint, schema.AlterColumn},
	schema.DropConstraint:    {schema.AddConstraint, schema.AddColumn, schema.AlterColumn},
	schema.ReplaceConstraint: {schema.ReplaceConstraint, schema.AlterColumn}, schema.AuditTable: {schema.AuditTable},
}

// undoes returns the number of the file whose step another step undoes. Without one it is the first that does more than
// to add a value to an enum: it is undone last, and all there was before is there then.
func (p *Plan) undoes(list []unit, s schema.Step) int {
	if len(list) == 0 {
		return -1
	}
	table := p.renames.Table(s.Table)
	names := []string{s.Name, p.renames.Column(table, s.Name), p.renames.Index(s.Table, s.Name)}
	for _, t := range p.Tables {
		for _, c := range t.Columns {
			if t.Name == s.Table && t.CheckName(c) == s.Name {
				names = append(names, c.Name)
			}
		}
	}
	if tableOf(p.Tables, table) == nil { // all of it comes back where it is dropped, with others
		return max(0, slices.IndexFunc(list, func(u unit) bool {
			return slices.ContainsFunc(u.up, func(o schema.Step) bool { return o.Kind == schema.DropTable })
		}))
	}
	for _, kind := range inverse[s.Kind] {
		for i, u := range list {
			if !u.follows && slices.ContainsFunc(u.up, func(o schema.Step) bool {
				return o.Kind == kind && o.Table == table && slices.Contains(names, o.Name) &&
					(kind != schema.AlterColumn || s.Kind != schema.AlterColumn || o.Aspect == s.Aspect)
			}) {
				return i
			}
		}
	}
	return max(0, slices.IndexFunc(list, func(u unit) bool { return u.up[0].Kind != schema.AddValue }))
}

// statements returns the statements that a file has of its steps. Where they are in one transaction, what cannot be is
// done in the way that can.
func statements(steps []schema.Step, together bool) (list [][]string) {
	n := 0
	for _, s := range steps {
		n += len(s.SQL)
	}
	for _, s := range steps {
		sql := slices.Clone(s.SQL)
		for i := range sql {
			if together && n > 1 {
				sql[i] = strings.Replace(sql[i], " CONCURRENTLY ", " ", 1)
			}
		}
		list = append(list, sql)
	}
	return list
}
