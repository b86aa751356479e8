package install

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// A table or a column that the tag option was has renamed may be missed by programs of the version before, which would
// make it anew and go on without the values that it had. What the history tells of the renaming keeps them from it. Where
// it could not, programs of the version after tell that both are there.

const againText = "it is named %s now, and a program of the old version has added it again: the values are in both"

func againNote(name string) string { return strings.Replace(againText, "%s", name, 1) }

// former marks columns that are there again under the name from before, and those that have the values of a column of
// the model under a name that a newer version of the program has given it.
func (p *planner) former(drifts []*schema.Drift, statements []string) {
	for _, d := range drifts {
		if d.Sort != schema.Extra || d.At.HaveColumn == nil {
			continue
		}
		for _, c := range p.table.Columns {
			if c.Was == d.Name && (d.At.Own || slices.Contains(statements, renamingOf(p.table.Name, c.Was, c.Name))) {
				d.At.Own, d.At.Former, d.At.Note = false, c.Name, againNote(c.Name)
			}
			if p.have.Column(c.Name) == nil && slices.Contains(statements, renamingOf(p.table.Name, c.Name, d.Name)) {
				d.At.Own, d.At.Note = false, c.Name+" was renamed to it by a newer version of the program"
			}
		}
	}
}

// formerAgain returns the drift of a table that is there again under the name from before; nil for none.
func formerAgain(ctx context.Context, on *db.DB, t *schema.Table) (*schema.Drift, error) {
	if t.Was == "" || on.DSN().Options.NoHistory ||
		slices.ContainsFunc(on.Known(), func(other *schema.Table) bool { return other.Name == t.Was }) {
		return nil, nil
	}
	to, err := renamedTable(ctx, on, t.Was)
	if err != nil || to != t.Name {
		return nil, err
	}
	found, err := on.Inspect(ctx, t.Was)
	if err != nil || !found.Exists || found.View {
		return nil, err
	}
	return &schema.Drift{Sort: schema.Extra, Object: schema.OfTable, Table: t.Was,
		At: schema.DriftPlace{Former: t.Name, Note: againNote(t.Name)}}, nil
}

// warnOfFormer writes to the log, once for each connection, what is there again under a name from before.
func warnOfFormer(ctx context.Context, on *db.DB, t *schema.Table) error {
	again, err := formerAgain(ctx, on, t)
	if err != nil {
		return err
	}
	if again != nil {
		tellFormer(ctx, on, t, t.Was, t.Name)
	}
	if !slices.ContainsFunc(t.Columns, func(c *schema.Column) bool { return c.Was != "" }) {
		return nil
	}
	found, err := on.Inspect(ctx, t.Name)
	if err != nil {
		return err
	}
	for _, c := range t.Columns {
		if c.Was == "" || found.Column(c.Was) == nil || found.Column(c.Name) == nil {
			continue
		}
		statements, err := on.History(ctx, t.Name)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(statements, func(sql string) bool {
			return sql == renamingOf(t.Name, c.Was, c.Name) || wroteColumn(sql, c.Was, func(string) bool { return true })
		}) {
			tellFormer(ctx, on, t, t.Name+"."+c.Was, c.Name)
		}
	}
	return nil
}

func tellFormer(ctx context.Context, on *db.DB, t *schema.Table, was, now string) {
	on.Extra(warned{t, was}, func() any { return new(sync.Once) }).(*sync.Once).Do(func() {
		on.Warn(ctx, "prom: a program of an old version has made again what was renamed", slog.String("was", was),
			slog.String("renamed", now), slog.String("advice", dialect.FormerAdvice))
	})
}

func renamingOf(table, was, name string) string {
	return "ALTER TABLE " + dialect.Quote(table) + " RENAME COLUMN " + dialect.Quote(was) + " TO " + dialect.Quote(name)
}

// renamedTable tells which name a table has got, by the history; "" for none.
func renamedTable(ctx context.Context, on *db.DB, table string) (string, error) {
	sql, err := on.Renaming(ctx, table)
	_, to, _ := strings.Cut(sql, "ALTER TABLE "+dialect.Quote(table)+" RENAME TO ")
	return unquote(to), err
}

func unquote(name string) string {
	return strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(name, `"`), `"`), `""`, `"`)
}

// renamedColumn tells which name a column that a model misses has got, when the table has that one and the model does
// not know it: then the program is older than the renaming.
func renamedColumn(t *schema.Table, c *schema.Column, found *schema.Found, statements []string) string {
	for _, sql := range slices.Backward(statements) {
		if to, ok := strings.CutPrefix(sql, strings.TrimSuffix(renamingOf(t.Name, c.Name, ""), `""`)); ok {
			if to = unquote(to); found.Column(to) != nil && !slices.Contains(schema.ColumnNames(t.Columns), to) {
				return to
			}
			return ""
		}
	}
	return ""
}

const outdatedAdvice = "run the newer version of the program, or name the old one by the tag option was"

// outdated returns the error of columns that must not be made, because a newer version of the program has renamed them;
// nil for none.
func outdated(ctx context.Context, on *db.DB, op string, t *schema.Table, cols []*schema.Column,
	found *schema.Found) error {
	if on.DSN().Options.NoHistory || len(cols) == 0 {
		return nil
	}
	statements, err := on.History(ctx, t.Name)
	if err != nil {
		return err
	}
	for _, c := range cols {
		if to := renamedColumn(t, c, found, statements); to != "" {
			return &driver.Error{Kind: driver.KindDrift, Op: op, Table: t.Name, Columns: []string{c.Name},
				Detail: "the column was renamed to " + to + " by a newer version of the program; " + outdatedAdvice}
		}
	}
	return nil
}

// outdatedTable is [outdated] for a table.
func outdatedTable(ctx context.Context, on *db.DB, op string, t *schema.Table) error {
	if on.DSN().Options.NoHistory {
		return nil
	}
	to, err := renamedTable(ctx, on, t.Name)
	if err != nil || to == "" ||
		slices.ContainsFunc(on.Known(), func(other *schema.Table) bool { return other.Name == to }) {
		return err
	}
	found, err := on.Inspect(ctx, to)
	if err != nil || !found.Exists {
		return err
	}
	return &driver.Error{Kind: driver.KindDrift, Op: op, Table: t.Name,
		Detail: "the table was renamed to " + to + " by a newer version of the program; " + outdatedAdvice}
}

// outdated takes out of drifts the columns that a plan must not add, because a newer version of the program has renamed
// them, and the indexes on them. For each column a person has a step.
func (p *planner) outdated(drifts []*schema.Drift) (rest []*schema.Drift, byHand []schema.Step, err error) {
	var names []string
	for _, d := range drifts {
		if d.Sort != schema.Missing || d.Object != schema.OfColumn {
			continue
		}
		err := outdated(p.ctx, p.db, "plan", p.table, []*schema.Column{d.At.Column}, &p.have)
		var known *driver.Error
		switch {
		case err == nil:
			continue
		case !errors.As(err, &known) || known.Kind != driver.KindDrift:
			return nil, nil, err
		}
		names = append(names, d.Name)
		byHand = append(byHand, dialect.ByHand(d, known.Detail))
	}
	if names == nil {
		return drifts, nil, nil
	}
	return slices.DeleteFunc(slices.Clone(drifts), func(d *schema.Drift) bool {
		if d.Sort != schema.Missing {
			return false
		}
		return d.Object == schema.OfColumn && slices.Contains(names, d.Name) ||
			d.Object == schema.OfIndex && slices.ContainsFunc(d.At.Index.Columns, func(c schema.IndexColumn) bool {
				return c.Column == nil || slices.Contains(names, c.Column.Name)
			})
	}), byHand, nil
}

// outdatedTable returns the step of a person for a table that a newer version of the program has renamed; nil for none.
func (p *planner) outdatedTable() ([]schema.Step, error) {
	err := outdatedTable(p.ctx, p.db, "plan", p.table)
	var known *driver.Error
	if !errors.As(err, &known) || known.Kind != driver.KindDrift {
		return nil, err
	}
	missing := &schema.Drift{Sort: schema.Missing, Object: schema.OfTable, Table: p.table.Name}
	return []schema.Step{dialect.ByHand(missing, known.Detail)}, nil
}
