package install

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// shared says which other models of the program have the table; "" for none. What one of them wants, the others may not
// give.
func shared(db *db.DB, t *schema.Table) string {
	var names []string
	for _, other := range db.Known() {
		if name := other.Model.String(); other.Name == t.Name && other.Model != t.Model && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if names == nil {
		return ""
	}
	return fmt.Sprintf("; %s has the same table name; give one of the models a method TableName",
		strings.Join(names, " and "))
}

// check reports what is missing as an error.
func check(ctx context.Context, db *db.DB, tables []*schema.Table) error {
	for _, t := range tables {
		found, err := db.Inspect(ctx, t.Name)
		if err == nil {
			err = viewed(t, &found)
		}
		diff := schema.Diff{}
		if err == nil {
			diff, err = missing(ctx, db, t, &found)
		}
		if err != nil {
			return err
		}
		if !diff.Empty() {
			switch {
			case diff.Create:
				err = outdatedTable(ctx, db, "check", t)
			default:
				err = outdated(ctx, db, "check", t, diff.Columns, &found)
			}
			if err == nil {
				err = drift(db, t, diff, &found)
			}
			return err
		}
		if unfit := t.Unfit(&found); unfit != nil {
			return misfit(unfit)
		}
		switch missing, err := auditMissing(ctx, db, t, &found); {
		case err != nil:
			return err
		case missing:
			return errUnaudited(t)
		}
	}
	return nil
}

func drift(db *db.DB, t *schema.Table, diff schema.Diff, found *schema.Found) error {
	e := &driver.Error{Kind: driver.KindDrift, Op: "check", Table: t.Name}
	if diff.Create {
		e.Detail = "the table is missing"
		return e
	}
	var missing []string
	was := ""
	for _, c := range diff.Renamed {
		e.Columns = append(e.Columns, c.Name)
		missing = append(missing, "column "+c.Name+", which is still named "+c.Was)
	}
	for _, c := range diff.Columns {
		e.Columns = append(e.Columns, c.Name)
		missing = append(missing, "column "+c.Name)
		if advice := schema.WasAdvice(t, c, found); advice != "" {
			was += "; " + advice
		}
	}
	for _, c := range diff.Enums {
		e.Columns = append(e.Columns, c.Name)
		for _, label := range c.Lacks(found.Column(c.Name)) {
			missing = append(missing, fmt.Sprintf("enum value %q of column %s", label, c.Name))
		}
	}
	for _, ix := range diff.Indexes {
		missing = append(missing, "index "+ix.Name)
	}
	e.Detail = fmt.Sprintf("missing: %s; this connection may not change the schema (install=check)",
		strings.Join(missing, ", ")) + was + shared(db, t)
	return e
}
