package transfer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// finish makes what comes after the indexes: foreign keys, counters and statistics. Each step looks first what is
// there, since an earlier run may have made it.
func (j *job) finish(ctx context.Context) error {
	for _, t := range j.tables {
		if err := j.constraints(ctx, t); err != nil {
			return err
		}
	}
	if err := j.to.db.Tx(ctx, func(ctx context.Context) error { return j.last(ctx) }, db.NoForeignKeys()); err != nil {
		return err
	}
	analyze := []string{"ANALYZE"}
	if j.to.postgres {
		analyze = nil
		for _, t := range j.tables {
			analyze = append(analyze, "ANALYZE "+j.to.d.Table(t.Name))
		}
	}
	for _, sql := range analyze {
		if _, err := j.to.db.Exec(ctx, &driver.Statement{SQL: sql, Op: "analyze", Write: true}); err != nil {
			return err
		}
	}
	j.tell(Progress{})
	return nil
}

// indexes makes the indexes of a table, one transaction each.
func (j *job) indexes(ctx context.Context, t *table) error {
	target, err := j.to.db.InspectAll(ctx, t.Name)
	if err != nil {
		return err
	}
	make := func(statements []string) error {
		return j.to.db.Tx(ctx, func(ctx context.Context) error {
			if err := j.to.settle(ctx); err != nil {
				return err
			}
			return j.to.run(ctx, t.Name, statements...)
		}, db.NoForeignKeys())
	}
	if j.Models == nil && j.same && !j.to.postgres {
		for _, def := range t.found.Definitions {
			has := slices.ContainsFunc(target.Definitions, func(o schema.Definition) bool {
				return o.Sort == def.Sort &&
					o.Name == def.Name
			})
			switch {
			case def.Sort == "table" || has:
			case def.Sort == "fulltext":
				j.remarks = append(j.remarks, fmt.Sprintf("%s: the full-text index %s is left out", t.Name, def.Name))
			case def.Sort == "trigger" && slices.ContainsFunc(t.found.Indexes,
				func(ix schema.FoundIndex) bool { return strings.Contains(ix.SQL, def.SQL) }):
			default:
				if err := make([]string{def.SQL}); err != nil {
					return err
				}
			}
		}
		return nil
	}
	for _, ix := range t.Diff(target).Indexes {
		if err := make(j.to.d.CreateIndex(t.Table, ix)); err != nil {
			return err
		}
	}
	return nil
}

// constraints adds foreign keys to tables of PostgreSQL, and what tables of the same engine have as SQL.
func (j *job) constraints(ctx context.Context, t *table) error {
	if !j.to.postgres {
		return nil
	}
	target, err := j.to.db.InspectAll(ctx, t.Name)
	if err != nil {
		return err
	}
	var statements []string
	isCopied := func(o *schema.Table) bool {
		return slices.ContainsFunc(j.tables, func(c *table) bool { return c.Table == o })
	}
	for _, c := range t.References() {
		if t.Enforces(c) && isCopied(t.TargetOf(c)) && target.Reference(c.Name) == nil {
			statements = append(statements, j.to.d.AddReference(t.Table, c))
		}
	}
	for _, k := range t.ForeignKeys {
		if t.EnforcesKey(k) && isCopied(t.TargetOfKey(k)) && target.Reference(schema.ColumnNames(k.Columns)...) == nil {
			statements = append(statements, j.to.d.AddForeignKey(t.Table, k, len(k.Null) > 0, &target))
		}
	}
	if j.Models == nil && j.same {
		alter := "ALTER TABLE " + j.to.d.Table(t.Name) + " "
		for _, h := range t.found.Columns {
			if h.Default != "" && !h.Auto && !h.Generated && target.Column(h.Name).Default == "" {
				statements = append(statements, alter+"ALTER COLUMN "+j.to.d.Quote(h.Name)+" SET DEFAULT "+h.Default)
			}
		}
		for _, k := range t.found.Checks {
			if !slices.ContainsFunc(target.Checks, func(o schema.FoundCheck) bool { return o.Name == k.Name }) {
				sql := alter + "ADD CONSTRAINT " + j.to.d.Quote(k.Name) + " CHECK (" + k.Expr + ")"
				if k.Unchecked {
					sql += " NOT VALID"
				}
				statements = append(statements, sql)
			}
		}
	}
	if statements == nil {
		return nil
	}
	return j.to.db.Tx(ctx, func(ctx context.Context) error {
		if err := j.to.settle(ctx); err != nil {
			return err
		}
		return j.to.run(ctx, t.Name, statements...)
	})
}

// last sets the counters of keys, makes sure of SQLite's foreign keys, and drops the progress table.
func (j *job) last(ctx context.Context) error {
	if err := j.to.settle(ctx); err != nil {
		return err
	}
	for _, t := range j.tables {
		for _, c := range t.Table.Key {
			if c.Auto && c.Kind.Integer() {
				if err := j.to.run(ctx, t.Name, j.to.d.CountOn(t.Name, c.Name)); err != nil {
					return err
				}
			}
		}
	}
	if !j.to.postgres {
		for _, t := range j.tables {
			parent := ""
			err := j.to.read(ctx, t.Name, "PRAGMA foreign_key_check("+j.to.d.Target(t.Name)+")", nil,
				func(rows driver.Rows) (err error) {
					parent, err = rows.Text(2)
					return errors.Join(errBroken, err)
				})
			switch {
			case errors.Is(err, errBroken):
				return fmt.Errorf("prom: copy %s: rows refer to rows of %s that are not there: copy that table too, or fix the rows of the "+
					"source", t.Name, parent)
			case err != nil:
				return err
			}
		}
	}
	return j.to.run(ctx, ProgressTable, j.to.d.DropTables([]string{ProgressTable})...)
}

var errBroken = errors.New("a foreign key is broken")
