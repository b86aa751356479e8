package db

import (
	"context"
	"slices"
	"strings"

	"github.com/prom-go/prom/schema"
)

// Forms looks at how the columns of a table store their values, and tells those that do it otherwise than this
// library would, and those whose foreign keys it enforces. It is false when there is no such table. Types tell it, and
// for some kinds a few values do.
func (db *DB) Forms(ctx context.Context, t *schema.Table) (forms schema.Forms, exists bool, err error) {
	d := db.dialect
	look := formLook{forms: make([]schema.Form, len(t.Columns)), natives: make([]*schema.Native, len(t.Columns))}
	view, last, fold := false, "", d.Features().FoldNames
	err = db.inspectColumns(ctx, t.Name, func(r inspected) {
		exists, view = true, r.bool(8)
		name, isKey := r.text(0), r.bool(3)
		i := slices.IndexFunc(t.Columns, func(c *schema.Column) bool { return sameName(fold, c.Name, name) })
		if i < 0 {
			return
		}
		c := t.Columns[i]
		if isKey && last == "" {
			last = c.Name
		}
		if d.Forms(c.Kind) {
			found := &schema.FoundColumn{Name: name, Type: r.text(1), Default: r.text(4), Native: r.native()}
			look.forms[i] = d.FormOfType(c, found)
			look.natives[i] = d.Native(c, found)
			if d.Sampled(c.Kind) {
				look.cols = append(look.cols, c)
			}
		}
	})

	if err != nil {
		return nil, false, err
	}
	if view {
		last = "" // which would be sorted
	}
	if exists && look.cols != nil {
		look.seen = make([]seenForms, len(look.cols))
		err = db.inspect(ctx, d.Sample(t.Name, look.cols, last), "", func(r inspected) {
			for j, c := range look.cols {
				if !r.IsNull(2*j + 1) {
					look.seen[j] |= 1 << d.FormOfValue(c.Kind, r.text(2*j), r.text(2*j+1))
				}
			}
		})

	}
	for i, c := range t.Columns {
		form := look.form(i, c)
		if c.Told != schema.FormOwn && d.Sampled(c.Kind) {
			form = c.Told
		}
		forms.Set(t, c, form)
		if !exists {
			look.natives[i] = d.Native(c, nil)
		}
		if n := look.natives[i]; n != nil {
			forms.SetNative(t, c, n)
		}
	}
	if err == nil && exists && !view && t.References() != nil && d.EnforcedReferences() != "" {
		err = db.inspect(ctx, d.EnforcedReferences(), t.Name, func(r inspected) {
			for _, c := range t.References() {
				if c.Name == r.text(0) && !c.Null && (t.TargetOf(c).Name == r.text(1) || t.TargetOf(c).Name == r.text(2)) {
					forms.Enforce(t, c)
				}
			}
		})
	}
	return forms, exists, err
}

// seenForms are the forms that values have, a bit each.
type seenForms uint16

// formLook is what a look at a table has shown.
type formLook struct {
	forms   []schema.Form // what the types say
	natives []*schema.Native
	cols    []*schema.Column // whose values were looked at
	seen    []seenForms
}

// form returns the form of a column: that of all values that were seen, or what its type says where none was.
func (l *formLook) form(i int, c *schema.Column) schema.Form {
	said := l.forms[i]
	j := slices.Index(l.cols, c)
	if j < 0 || l.seen[j] == 0 {
		return said
	}
	seen := l.seen[j]
	if said != schema.FormOwn && said != schema.FormText { // what the default is going to add
		seen |= 1 << said
	}
	for form := range schema.FormMixed {
		if seen == 1<<form {
			return form
		}
	}
	return schema.FormMixed
}

func sameName(fold bool, a, b string) bool { return a == b || fold && strings.EqualFold(a, b) }

// MixedForms lists the columns among those given whose values have several forms. It reads all of the table.
func (db *DB) MixedForms(ctx context.Context, table string, among []*schema.Column) (mixed []*schema.Column,
	err error) {
	var cols []*schema.Column
	for _, c := range among {
		if db.dialect.Sampled(c.Kind) {
			cols = append(cols, c)
		}
	}
	if cols == nil {
		return nil, nil
	}
	err = db.inspect(ctx, db.dialect.CountForms(table, cols), "", func(r inspected) {
		for i, c := range cols {
			if r.int(i) > 1 {
				mixed = append(mixed, c)
			}
		}
	})

	return mixed, err
}

// describeForms sets the forms of columns that were found.
func (db *DB) describeForms(ctx context.Context, table string, found *schema.Found) error {
	t := &schema.Table{Name: table}
	for i, c := range found.Columns {
		t.Columns = append(t.Columns, &schema.Column{Name: c.Name, Kind: c.Kind, Ordinal: i})
	}
	forms, _, err := db.Forms(ctx, t)
	for i, c := range t.Columns {
		found.Columns[i].Form = forms.Of(c).Form
	}
	return err
}
