package install

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// Plan tells what would make the tables like their models, in an order in which it can be done: what Ensure does by
// itself, and all else that contradicts them. It lists what the models say nothing of as well; see
// [schema.Drift.NotModelled].
func Plan(ctx context.Context, db *db.DB, tables ...*schema.Table) ([]schema.Step, []*schema.Drift, error) {
	return plan(db.Unlimited(ctx), db, false, tables...)
}

// plan is Plan. With asFound, each step can be done at once, whatever became of those before it.
func plan(ctx context.Context, db *db.DB, asFound bool, tables ...*schema.Table) (steps []schema.Step,
	others []*schema.Drift, err error) {
	var refs []schema.Step
	made := map[string]bool{}
	for _, t := range closure(tables) {
		p := planner{ctx: ctx, db: db, d: db.Dialect(), table: t, made: made, asFound: asFound}
		list, later, err := p.plan(slices.Contains(tables, t))
		if err != nil {
			return nil, nil, err
		}
		steps, refs, others = append(steps, list...), append(refs, later...), append(others, p.others...)
	}
	steps = append(steps, refs...)
	for i := range steps {
		steps[i].Connection = db.Name()
	}
	steps = valuesOnce(steps)
	// Each table's steps are in order; what is additive does not depend on the rest.
	slices.SortStableFunc(steps, func(a, b schema.Step) int { return cmp.Compare(phase(&a), phase(&b)) })
	return steps, others, nil
}

// valuesOnce leaves out of steps those that add a value to an enum again, for another column of the type.
func valuesOnce(steps []schema.Step) []schema.Step {
	added := map[string]bool{}
	return slices.DeleteFunc(steps, func(s schema.Step) bool {
		if s.Kind != schema.AddValue || len(s.SQL) != 1 {
			return false
		}
		again := added[s.SQL[0]]
		added[s.SQL[0]] = true
		return again
	})
}

// phase tells when a step is done: the values of enums first, since others may name them, then what is additive, then
// what only costs time.
func phase(s *schema.Step) int {
	switch {
	case s.Kind == schema.AddValue:
		return -1
	case s.Risk == schema.Additive && !s.Apart:
		return 0
	case s.Risk < schema.Lossy:
		return 1
	}
	return 2
}

// Drifts tells how the tables differ from their models.
func Drifts(ctx context.Context, db *db.DB, tables ...*schema.Table) ([]*schema.Drift, error) {
	var drifts []*schema.Drift
	ctx = db.Unlimited(ctx)
	for _, t := range closure(tables) {
		p := planner{ctx: ctx, db: db, d: db.Dialect(), table: t}
		if err := p.look(); err != nil {
			return nil, err
		}
		switch {
		case slices.Contains(tables, t) && p.have.Exists:
			list, err := p.compare()
			if err != nil {
				return nil, err
			}
			mixed, err := p.mixed()
			if err != nil {
				return nil, err
			}
			list = slices.DeleteFunc(list, (*schema.Drift).NotModelled)
			if p.again != nil {
				list = append(list, p.again)
			}
			switch missing, err := auditMissing(ctx, db, t, &p.have); {
			case err != nil:
				return nil, err
			case missing:
				list = append(list, auditDrift(t))
			}
			drifts = append(append(append(drifts, p.renamed...), list...), mixed...)
		case !p.have.Exists:
			drifts = append(drifts, &schema.Drift{Sort: schema.Missing, Object: schema.OfTable, Table: t.Name})
		default:
			drifts = append(drifts, p.renamed...)
		}
	}
	return drifts, nil
}

// mixed tells the columns whose values have several forms.
func (p *planner) mixed() (drifts []*schema.Drift, err error) {
	if len(p.renamed) > 0 || p.have.View || p.have.Virtual {
		return nil, nil
	}
	there := slices.Clone(p.table.Columns)
	there = slices.DeleteFunc(there,
		func(c *schema.Column) bool { return c.Told == schema.FormMixed || p.have.Column(c.Name) == nil })
	cols, err := p.db.MixedForms(p.ctx, p.table.Name, there)
	for _, c := range cols {
		drifts = append(drifts, &schema.Drift{Sort: schema.Different, Object: schema.OfColumn, Table: p.table.Name,
			Name:   c.Name,
			Aspect: schema.AspectForm, Have: "mixed", Want: "one for all values", At: schema.DriftPlace{Column: c,
				HaveColumn: p.have.Column(c.Name)}})
	}
	return drifts, err
}

// planner compares one table.
type planner struct {
	ctx   context.Context //nolint:containedctx // of the one call that the planner lives in
	db    *db.DB
	d     dialect.Dialect
	table *schema.Table
	made  map[string]bool // tables that earlier steps make

	asFound bool            // see plan
	have    schema.Found    // with the names that it will have
	renamed []*schema.Drift // what is renamed to that end
	again   *schema.Drift   // a table that was renamed and is there again
	steps   []schema.Step
	others  []*schema.Drift // of which the model says nothing
}

// look finds out what there is, under the names that it will have.
func (p *planner) look() (err error) {
	t := p.table
	if err := possible(p.ctx, p.db, []*schema.Table{t}); err != nil {
		return err
	}
	if p.have, err = p.db.InspectAll(p.ctx, t.Name); err != nil {
		return err
	}
	if !p.have.Exists && t.Was != "" {
		found, err := formerTable(p.ctx, p.db, t)
		if err != nil {
			return err
		}
		if p.have = found; found.Exists {
			first, err := p.createSchema()
			if err != nil {
				return err
			}
			p.steps = append(p.steps, first...)
			sql := p.d.RenameTable(t, &found)
			p.rename(schema.RenameTable, &schema.Drift{Sort: schema.Renamed, Object: schema.OfTable, Table: t.Name, Have: t.Was}, sql)
			p.have = found.WithoutFullText(p.dropped(t.Was, sql))
			p.have = p.have.WithTable(t.Was, t.Name)
		}
	}
	if p.have.Exists && p.renamed == nil {
		if p.again, err = formerAgain(p.ctx, p.db, t); err != nil {
			return err
		}
		if p.again != nil {
			p.steps = append(p.steps, dialect.ByHand(p.again, dialect.FormerAdvice))
		}
	}
	if p.have.Exists {
		for _, c := range t.Diff(p.have).Renamed {
			sql := p.d.RenameColumn(t, c, &p.have)
			p.rename(schema.RenameColumn, &schema.Drift{Sort: schema.Renamed, Object: schema.OfColumn, Table: t.Name,
				Name: c.Name, Have: c.Was}, sql)
			p.have = p.have.WithoutFullText(p.dropped(t.Name, sql))
			p.have = p.have.WithColumn(t.Name, c.Was, c.Name)
		}
	}
	if p.renamed != nil {
		err = p.rehearse()
	}
	if err == nil && slices.ContainsFunc(t.ForeignKeys, (*schema.ForeignKey).Mixed) {
		p.have.SetsColumns, err = p.db.SetsColumns(p.ctx)
	}
	return err
}

// rehearse has the engine rename in a database in memory that is made like this one, where it keeps its definitions as
// text: it alone knows which words of them are names of what is renamed. When it refuses, it will refuse the step too.
func (p *planner) rehearse() error {
	definitions, err := p.db.AllDefinitions(p.ctx, p.table.Name)
	if err != nil || definitions == nil {
		return err
	}
	return inMemory(p.ctx, func(ctx context.Context, scratch *db.DB) error {
		run := func(sql string) error {
			_, err := scratch.Exec(ctx, &driver.Statement{SQL: sql, Op: "plan", Table: p.table.Name})
			return err
		}
		for _, sql := range definitions {
			_ = run(sql) // such as a virtual table of a module that is not there
		}
		space := p.table.Schema() // whose definitions are those of the main database here
		for i := range p.steps {
			for _, sql := range p.steps[i].SQL {
				if space != "" {
					sql = strings.Replace(sql, p.d.Quote(space)+".", "", 1)
				}
				if run(sql) != nil {
					return nil //nolint:nilerr // the step itself will say so
				}
			}
		}
		found, err := scratch.InspectAll(ctx, schema.JoinName("", p.table.Local()))
		for i := range found.ForeignKeys {
			_, target := schema.SplitName(found.ForeignKeys[i].Table)
			found.ForeignKeys[i].Table = schema.JoinName(space, target)
		}
		if err == nil && found.Exists {
			p.have = found
		}
		return err
	})
}

// inMemory hands an empty database of SQLite to fn, of which nothing is kept.
func inMemory(ctx context.Context, fn func(ctx context.Context, db *db.DB) error) error {
	db, err := new(db.Registry).Open("sqlite://:memory:")
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // nothing of it is kept
	return fn(context.WithoutCancel(ctx), db)
}

func (p *planner) rename(kind schema.StepKind, drift *schema.Drift, sql []string) {
	p.renamed = append(p.renamed, drift)
	p.steps = append(p.steps, schema.Step{Kind: kind, Table: drift.Table, Name: drift.Name, Risk: schema.Additive,
		SQL:    sql,
		Reason: drift.Error() + "; versions of the program that use the old name no longer find it"})
}

// dropped returns a function that reports whether statements drop a full-text index of a table of SQLite. It does not
// follow what is renamed, and is made again by a step of its own.
func (p *planner) dropped(table string, sql []string) func(index string) bool {
	return func(index string) bool { return slices.Contains(sql, "DROP TABLE "+p.d.Index(table, index)) }
}

// compare compares what there is with what the engine would have made of the model.
func (p *planner) compare() ([]*schema.Drift, error) {
	if p.table.View {
		return p.compareView(), nil
	}
	if p.have.View || p.have.Virtual {
		return nil, nil // the query of an application, or what a module made
	}
	want, err := shadow(p.ctx, p.db, p.table)
	if err != nil {
		return nil, err
	}
	if err := p.markCollations(); err != nil {
		return nil, err
	}
	drifts := p.table.Compare(want, &p.have)
	if others, err := p.markOthers(drifts); err != nil {
		return nil, err
	} else if others {
		drifts = p.table.Compare(want, &p.have)
	}
	return drifts, p.attribute(drifts)
}

// plan returns the steps of a table, and the references which have to wait until all tables are there.
func (p *planner) plan(wanted bool) (steps, refs []schema.Step, err error) {
	if err := p.look(); err != nil {
		return nil, nil, err
	}
	p.made[p.table.Name] = true
	if p.table.View {
		return p.planView(), nil, nil
	}
	if err := fillable(p.table, p.table.Columns); err != nil && !p.have.Exists {
		return []schema.Step{{Kind: schema.ByHand, Table: p.table.Name, Risk: schema.Lossy,
			Reason: p.table.Name + ": table is missing; " + err.(*driver.Error).Detail}}, nil, nil //nolint:errorlint,forcetypeassert // it is one
	}
	if !p.have.Exists {
		if s, err := p.outdatedTable(); s != nil || err != nil {
			return s, nil, err
		}
		first, err := p.createSchema()
		if err != nil {
			return nil, nil, err
		}
		s, refs, err := p.create()
		if err != nil {
			return nil, nil, err
		}
		values, err := p.enumValues()
		if err != nil {
			return nil, nil, err
		}
		audit, err := p.auditStep(schema.ColumnNames(p.table.Columns))
		return slices.Concat(first, values, []schema.Step{s}, audit), refs, err
	}
	if !wanted || p.have.View {
		return p.steps, nil, nil
	}
	drifts, err := p.compare()
	if err != nil {
		return nil, nil, err
	}
	for _, d := range drifts {
		if d.NotModelled() {
			p.others = append(p.others, d)
		}
	}
	name := p.table.Name
	if len(p.renamed) > 0 && p.renamed[0].Object == schema.OfTable {
		name = p.table.Was
	}
	dependents, err := p.db.Dependents(p.ctx, name)
	if err != nil {
		return nil, nil, err
	}
	p.have.WithDependents(dependents, p.renamed)
	if err := p.withoutAudits(name); err != nil {
		return nil, nil, err
	}
	p.blockRenames()
	modelled := len(drifts) - len(p.others)
	p.partitioning()
	if err := p.distribution(); err != nil {
		return nil, nil, err
	}
	p.others = append(p.others, p.have.Others(p.table.Name)...)
	if modelled == 0 {
		audit, err := p.auditStep(p.auditColumns(nil))
		if err != nil {
			return nil, nil, err
		}
		steps = append(p.steps, audit...)
		return steps, nil, p.tryOut(steps)
	}
	filled, err := p.db.HasRows(p.ctx, name)
	if err != nil {
		return nil, nil, err
	}
	want, err := shadow(p.ctx, p.db, p.table)
	if err != nil {
		return nil, nil, err
	}
	drifts, byHand, err := p.outdated(drifts)
	if err != nil {
		return nil, nil, err
	}
	list := append(p.d.Alter(&dialect.Alteration{Table: p.table, Want: want, Have: &p.have, Drifts: drifts, Filled: filled,
		AsFound: p.asFound}), byHand...)
	rows := int64(0)
	if filled {
		if rows, err = p.db.Count(p.ctx, p.d.RowCount(name)); err != nil {
			return nil, nil, err
		}
	}
	for i := range p.steps {
		p.steps[i].Rows = rows
	}
	for i := range list {
		s := &list[i]
		s.Rows = rows
		if s.Probe == "" || !filled {
			continue
		}
		if err := p.probe(s); err != nil {
			return nil, nil, err
		}
	}
	audit, err := p.auditStep(p.auditColumns(list))
	if err != nil {
		return nil, nil, err
	}
	values, err := p.enumValues()
	if err != nil {
		return nil, nil, err
	}
	steps = slices.Concat(p.steps, values, list, audit)
	return steps, nil, p.tryOut(steps)
}

// blockRenames notes what keeps a column from being renamed.
func (p *planner) blockRenames() {
	for i := range p.steps {
		if s := &p.steps[i]; s.Kind == schema.RenameColumn {
			s.Blocked = schema.Texts(p.have.Holding(s.Name, schema.HoldsName))
		}
	}
}

// probe counts the existing rows that violate a step. What it asks about may not be there yet, or be of another type
// until an earlier step has run; then nothing is known.
func (p *planner) probe(s *schema.Step) error {
	probe := func(ctx context.Context) (err error) {
		s.Violations, err = p.db.Count(ctx, s.Probe)
		return err
	}
	var err error
	if p.db.InTx(p.ctx) { // where a statement that fails would end it
		err = p.db.Tx(p.ctx, probe)
	} else {
		err = probe(p.ctx) // a transaction would wait for SQLite's only writer
	}
	switch driver.KindOf(err) {
	case driver.KindNoColumn, driver.KindNoTable, driver.KindSyntax, driver.KindType:
		return nil
	}
	return err
}

// createSchema returns the step that makes the schema of the table, if it is missing and no earlier step does.
func (p *planner) createSchema() (steps []schema.Step, err error) {
	t := p.table
	if p.made == nil {
		return nil, nil // nothing is planned
	}
	in := newInstaller(p.ctx, p.db)
	in.exists = p.made
	in.recorded = func(sql string) {
		steps = append(steps, schema.Step{Kind: schema.CreateSchema, Table: t.Name, Name: t.Schema(), Risk: schema.Additive,
			Reason: t.Schema() + ": schema is missing", SQL: []string{sql}})
	}
	in.createSchema(t)
	return steps, in.err
}

// create returns the step that makes the table, and those of its references that close circles.
func (p *planner) create() (step schema.Step, refs []schema.Step, err error) {
	t := p.table
	step = schema.Step{Kind: schema.CreateTable, Table: t.Name, Risk: schema.Additive,
		Reason: t.Name + ": table is missing"}
	in := newInstaller(p.ctx, p.db)
	in.exists = p.made
	in.recorded = func(sql string) { step.SQL = append(step.SQL, sql) }
	in.create(t)
	if in.err != nil {
		return step, nil, in.err
	}
	for _, r := range in.references {
		later := schema.Step{Kind: schema.AddConstraint, Table: t.Name, Risk: schema.Additive,
			Reason: t.Name + ": a reference to a table that is created later"}
		in.references, in.recorded = []reference{r}, func(sql string) { later.SQL = append(later.SQL, sql) }
		if in.addReferences(); later.SQL != nil {
			refs = append(refs, later)
		}
	}
	return step, refs, nil
}

type shadowKey struct{ table *schema.Table }
