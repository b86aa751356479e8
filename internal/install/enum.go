package install

import (
	"context"
	"fmt"
	"slices"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/schema"
)

// PostgreSQL lets nothing use a value of an enum in the transaction that adds it ("ALTER TYPE", section "Notes"). A
// default, a CHECK or the condition of an index may name one, so values are added before all else, and committed.

// lacking returns the statements that add the values which the enum type of a column lacks, if there is the type, and
// the values.
func lacking(ctx context.Context, db *db.DB, c *schema.Column) (statements, labels []string, err error) {
	if c.Enum == nil {
		return nil, nil, nil
	}
	found, err := db.Enum(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	labels = c.Lacks(&found)
	return db.Dialect().AddValues(c, &found, labels), labels, nil
}

// growEnums adds the values that the enum types of tables lack, in a transaction of its own. Within a transaction of
// the program it does nothing: the installation adds there those of the columns that it finds.
func growEnums(ctx context.Context, db *db.DB, tables []*schema.Table) (grown bool, err error) {
	if db.InTx(ctx) {
		return false, nil
	}
	var wanting []*schema.Column
	of := map[*schema.Column]*schema.Table{}
	for _, t := range tables {
		for _, c := range t.Columns {
			_, labels, err := lacking(ctx, db, c)
			if err != nil {
				return false, err
			}
			if len(labels) > 0 {
				wanting = append(wanting, c)
				of[c] = t
			}
		}
	}
	if wanting == nil {
		return false, nil
	}
	err = db.Tx(ctx, func(ctx context.Context) error {
		in := newInstaller(ctx, db)
		in.begin()
		for _, c := range wanting {
			var add []string
			if in.err == nil {
				add, _, in.err = lacking(ctx, db, c) // which are fewer when the columns before have the type too
			}
			in.change(add, of[c])
		}
		in.run(in.d.InstallEnd(), "")
		grown = in.changed
		return in.err
	})
	return grown, err
}

// enumValues returns the steps that add values to the enum types of columns that are missing. Those of columns that
// are there are drifts.
func (p *planner) enumValues() (steps []schema.Step, err error) {
	for _, c := range p.table.Columns {
		if p.have.Exists && p.have.Column(c.Name) != nil {
			continue
		}
		statements, labels, err := lacking(p.ctx, p.db, c)
		if err != nil {
			return nil, err
		}
		for i, label := range labels {
			steps = append(steps, schema.Step{Kind: schema.AddValue, Table: p.table.Name, Name: c.Name + "." + label,
				Risk: schema.Additive, Apart: true, SQL: slices.Clone(statements[i : i+1]),
				Reason: fmt.Sprintf("%s: enum value %q of column %s is missing", p.table.Name, label, c.Name)})
		}
	}
	return steps, nil
}
