package install

import (
	"context"
	"slices"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// anyMissing reports whether there is something to do, and logs what exists and does not fit.
func anyMissing(ctx context.Context, db *db.DB, all, wanted []*schema.Table) (any bool, err error) {
	for _, t := range all {
		found, err := db.Inspect(ctx, t.Name)
		if err != nil {
			return false, err
		}
		if err := viewed(t, &found); err != nil {
			return false, err
		}
		diff := t.Diff(found)
		if slices.Contains(wanted, t) {
			if diff, err = missing(ctx, db, t, &found); err != nil {
				return false, err
			}
		}
		any = any || diff.Create || slices.Contains(wanted, t) && !diff.Empty()
		if slices.Contains(wanted, t) {
			unaudited, err := auditMissing(ctx, db, t, &found)
			if err != nil {
				return false, err
			}
			any = any || unaudited
			warn(ctx, db, t, &found)
			if err := warnOfFormer(ctx, db, t); err != nil {
				return false, err
			}
		}
	}
	return any, nil
}

// missing tells what a table lacks, as [schema.Table.Diff] does, and compares indexes by their definitions where names
// and columns do not tell enough: another program's index may do the work of one of an expression or a condition, and
// may have the name of one of the model without doing its work.
func missing(ctx context.Context, on *db.DB, t *schema.Table, found *schema.Found) (schema.Diff, error) {
	diff := t.Diff(*found)
	if diff.Create || diff.Renamed != nil || !unclear(t, &diff, found) {
		return diff, nil
	}
	p := planner{ctx: ctx, db: on, d: on.Dialect(), table: t}
	var err error
	if p.have, err = on.InspectAll(ctx, t.Name); err != nil {
		return diff, err
	}
	drifts, err := p.compare()
	switch driver.KindOf(err) {
	case driver.KindReadOnly, driver.KindPermission: // no table can be made for comparison
		return diff, nil
	}
	if err != nil {
		return diff, err
	}
	diff.Indexes = nil
	for _, d := range drifts {
		if d.Object == schema.OfIndex && d.Sort == schema.Missing {
			diff.Indexes = append(diff.Indexes, d.At.Index)
		}
	}
	return diff, nil
}

// unclear reports whether only definitions tell which indexes a table lacks.
func unclear(t *schema.Table, diff *schema.Diff, found *schema.Found) bool {
	for _, ix := range t.Indexes {
		plain := ix.OnColumns() != nil && !ix.Partial() && ix.FullText == nil
		h := found.Index(ix.Name)
		switch {
		case h == nil && !plain && slices.Contains(diff.Indexes, ix):
			if slices.ContainsFunc(found.Indexes, func(o schema.FoundIndex) bool { return o.Partial || slices.Contains(o.Names(), "") }) {
				return true
			}
		case h == nil, h.SQL != "", h.Invalid:
		case h.Unique != ix.Unique, plain && (h.Partial || !sameNames(found, h, ix)):
			return true
		}
	}
	return false
}

// sameNames reports whether an index has the columns of one of the model. One that ignores case may be an expression,
// and on SQLite INCLUDE columns are columns of the index.
func sameNames(found *schema.Found, h *schema.FoundIndex, ix *schema.Index) bool {
	if len(h.Columns) != len(ix.Columns) && !(found.FoldNames && len(h.Columns) == len(ix.Columns)+len(ix.Include)) {
		return false
	}
	for i, c := range ix.Columns {
		name := h.Columns[i].Name
		switch {
		case name == "" && c.Column.Folded:
		case name != c.Column.Name && !(found.FoldNames && schema.FoldName(name) == schema.FoldName(c.Column.Name)):
			return false
		}
	}
	return true
}
