package install

import (
	"slices"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

func (in *installer) add(t *schema.Table, diff schema.Diff, found *schema.Found) {
	if in.err = outdated(in.ctx, in.db, "install", t, diff.Columns, found); in.err != nil {
		return
	}
	if in.err = in.addable(t, diff.Columns, found); in.err != nil {
		return
	}
	var beside schema.Found // whose constraints may have the names of those that come
	if len(diff.Columns) > 0 {
		if beside, in.err = in.db.InspectAll(in.ctx, t.Name); in.err != nil {
			return
		}
	}
	in.change(in.d.Prerequisites(diff.Columns), t)
	for _, c := range diff.Columns {
		in.change(in.d.AddColumn(t, c, &beside), t)
	}
	for _, c := range diff.Enums {
		h := found.Column(c.Name)
		add := in.d.AddValues(c, h, c.Lacks(h)) // once for all columns of the type
		in.change(slices.DeleteFunc(add, func(sql string) bool { return slices.Contains(in.values, sql) }), t)
		in.values = append(in.values, add...)
	}
	for _, k := range t.ForeignKeys {
		if t.EnforcesKey(k) && slices.ContainsFunc(k.Columns, func(c *schema.Column) bool { return slices.Contains(diff.Columns, c) }) {
			in.references = append(in.references, reference{table: t, key: k, beside: &beside})
		}
	}
	in.indexes(t, diff.Indexes)
}

// addable reports why columns cannot be added: rows that are there would have no value for them.
func (in *installer) addable(t *schema.Table, cols []*schema.Column, found *schema.Found) error {
	if err := fillable(t, cols); err != nil {
		return err
	}
	var names, computed []string
	was := ""
	for _, c := range cols {
		switch {
		case c.Generated != "" && in.d.Features().StoresGenerated:
			computed = append(computed, c.Name)
		case c.Key:
			return &driver.Error{Kind: driver.KindDrift, Op: "install", Table: t.Name, Columns: []string{c.Name},
				Detail: "the table exists without this column of the primary key, and prom does not add it by itself; add it by hand, or give the model another table" +
					shared(in.db, t)}
		case dialect.NeedsValue(in.d, c):
			names = append(names, c.Name)
			if advice := schema.WasAdvice(t, c, found); advice != "" {
				was += advice + "; "
			}
		}
	}
	if names == nil && computed == nil {
		return nil
	}
	rows, err := in.db.HasRows(in.ctx, t.Name)
	if err != nil || !rows {
		return err
	}
	if names == nil {
		return &driver.Error{Kind: driver.KindDrift, Op: "install", Table: t.Name, Columns: computed,
			Detail: "adding a generated column computes it for all rows, while nobody can use the table; add it by a plan (Apply with Rewriting), or by hand"}
	}
	return &driver.Error{Kind: driver.KindDrift, Op: "install", Table: t.Name, Columns: names,
		Detail: "the column is required, and the existing rows would have no value for it; " + was +
			"make the field a pointer, give it a constant by the tag option default, or add the column by hand" +
			shared(in.db, t)}
}
