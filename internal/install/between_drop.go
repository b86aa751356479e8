package install

import (
	"slices"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// audit adds the step that has a table audited as it is declared, or not any more.
func (b *between) audit(t, old *schema.Table) error {
	var have []schema.Definition
	if old != nil && old.Audited {
		for _, w := range b.d.AuditWith(old, schema.ColumnNames(old.Columns), old.Unaudited()) {
			have = append(have, schema.Definition{Name: w.Name, SQL: w.Text})
		}
	}
	if b.scratch != nil {
		var err error
		if have, err = b.scratch.AuditTriggers(b.ctx, t.Name); err != nil {
			return err
		}
	}
	step := schema.Step{Kind: schema.AuditTable, Table: t.Name, Risk: schema.Additive, Reason: auditDrift(t).Error()}
	if !t.Audited {
		step.Risk = schema.Lossy
		step.Reason = t.Name + ": it is no longer audited, so what happens to its rows is not written down"
		for _, h := range have {
			step.SQL = append(step.SQL, b.d.DropTrigger(t.Name, h.Name))
		}
	} else {
		support, list, err := auditStatements(b.d, t, schema.ColumnNames(t.Columns), t.Unaudited(), have)
		if err != nil {
			return err
		}
		if step.SQL = list; list != nil {
			step.SQL = append(support, list...)
		}
	}
	if step.SQL == nil {
		return nil
	}
	b.steps = append(b.steps, step)
	return b.run(t.Name, step.SQL)
}

// drop adds the steps that drop the tables of which there is no model any more, and enum types that no column has.
func (b *between) drop(was []*schema.Table) {
	var gone []string
	for _, t := range slices.Backward(Order(was)) {
		if find(b.now, t.Name) == nil {
			gone = append(gone, t.Name)
		}
	}
	dropped := func(names []string, sql ...string) {
		b.last = append(b.last, schema.Step{Kind: schema.DropTable, Table: names[0], Risk: schema.Lossy, SQL: sql,
			Reason: "no model has " + strings.Join(names, ", ") + " any more; the rows go too"})
	}
	switch {
	case len(gone) == 0:
	case b.scratch == nil: // which may refer to each other
		dropped(gone, "DROP TABLE "+dialect.TableList(b.d, gone))
	default:
		for i, name := range gone {
			var sql []string
			for _, ix := range find(was, name).Indexes {
				if ix.FullText != nil {
					sql = append(sql, "DROP TABLE "+b.d.Index(name, ix.Name))
				}
			}
			dropped([]string{name}, append(sql, "DROP TABLE "+b.d.Table(name))...)
			// SQLite deletes the rows of the table, for which those of another one in a circle would be in the way.
			b.last[len(b.last)-1].Rebuild = slices.ContainsFunc(gone[i+1:], func(other string) bool {
				return refersTo(find(was, other), find(was, name))
			})
		}
	}
	if b.scratch != nil {
		return
	}
	for _, c := range enums(was) {
		if !slices.ContainsFunc(enums(b.now), func(o *schema.Column) bool { return o.Enum.Name == c.Enum.Name }) {
			b.last = append(b.last, schema.Step{Kind: schema.DropType, Name: c.Enum.Name, Risk: schema.Additive,
				Reason: "no column has the type " + c.Enum.Name + " any more",
				SQL:    []string{"DROP TYPE " + dialect.Quote(c.Enum.Name)}})
		}
	}
}

// enums lists a column for each enum type.
func enums(tables []*schema.Table) (list []*schema.Column) {
	for _, t := range tables {
		for _, c := range t.Columns {
			if c.Enum != nil && !slices.ContainsFunc(list, func(o *schema.Column) bool { return o.Enum.Name == c.Enum.Name }) {
				list = append(list, c)
			}
		}
	}
	return list
}
