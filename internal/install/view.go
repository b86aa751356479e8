package install

import (
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// viewed returns an error when a model is one of a view, and that is not there with all its columns. Nothing is made of
// it: what a view selects, the model does not say.
func viewed(t *schema.Table, found *schema.Found) error {
	if !t.View {
		return nil
	}
	e := &driver.Error{Op: "install", Table: t.Name}
	switch diff := t.Diff(*found); {
	case diff.Create:
		e.Kind, e.Detail = driver.KindNoTable, noView
	case len(diff.Columns) > 0:
		e.Kind, e.Columns = driver.KindNoColumn, schema.ColumnNames(diff.Columns)
		e.Detail = "the view does not have the column " + strings.Join(e.Columns, ", ") +
			"; create it again by hand, since prom creates no views"
	default:
		return nil
	}
	return e
}

const noView = "the view does not exist; create it by hand, since prom creates no views"

// planView returns the steps for a view, which only a person can do.
func (p *planner) planView() []schema.Step {
	err := viewed(p.table, &p.have)
	if err == nil {
		return nil
	}
	return []schema.Step{{Kind: schema.ByHand, Table: p.table.Name, Risk: schema.Lossy,
		Reason: p.table.Name + ": " + err.(*driver.Error).Detail}} //nolint:errorlint,forcetypeassert // it is one
}

// compareView tells the columns that a view lacks.
func (p *planner) compareView() (drifts []*schema.Drift) {
	for _, c := range p.table.Diff(p.have).Columns {
		drifts = append(drifts, &schema.Drift{Sort: schema.Missing, Object: schema.OfColumn, Table: p.table.Name,
			Name: c.Name, At: schema.DriftPlace{Column: c}})
	}
	return drifts
}

// fillable returns an error when one of the columns that are to be made is one that the database is said to fill, and
// nothing says how.
func fillable(t *schema.Table, cols []*schema.Column) error {
	for _, c := range cols {
		if dialect.Unfilled(c) {
			return &driver.Error{Kind: driver.KindDrift, Op: "install", Table: t.Name, Columns: []string{c.Name},
				Detail: "the column " + dialect.UnfilledAdvice}
		}
	}
	return nil
}
