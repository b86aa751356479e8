package core

import (
	"context"
	"slices"
	"sync/atomic"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/render"
	"github.com/prom-go/prom/schema"
)

// tableForms is what is known on a connection of the forms in which a table stores its columns. It is looked at
// before the first statement on it runs.
type tableForms struct {
	own   bool           // nothing is to be known: no column can have another form, or a foreign key to rely on
	epoch *atomic.Uint64 // of the connection: counts how often what was known has become old
	seen  atomic.Pointer[seenForms]
}

type seenForms struct {
	forms  schema.Forms
	epoch  uint64
	absent bool // there was no table
}

type (
	formsKey      struct{ table *schema.Table }
	epochKey      struct{}
	statementsKey struct {
		table   *schema.Table
		derived bool
	}
)

func epochOf(db *db.DB) *atomic.Uint64 {
	return db.Extra(epochKey{}, func() any { return &atomic.Uint64{} }).(*atomic.Uint64)
}

// ForgetForms lets all tables of a connection be looked at anew.
func ForgetForms(db *db.DB) { epochOf(db).Add(1) }

func formsOf(db *db.DB, t *schema.Table) *tableForms {
	return db.Extra(formsKey{t}, func() any {
		f := &tableForms{own: t.References() == nil || db.Dialect().EnforcedReferences() == "", epoch: epochOf(db)}
		for _, c := range t.Columns {
			f.own = f.own && !db.Dialect().Forms(c.Kind)
		}
		return f
	}).(*tableForms)
}

// get returns the forms, and whether they are known.
func (f *tableForms) get() (forms schema.Forms, known bool) {
	if f.own {
		return nil, true
	}
	s := f.seen.Load()
	if s == nil {
		return nil, false
	}
	return s.forms, !s.absent && s.epoch == f.epoch.Load()
}

// look looks at a table whose forms are not known. One that is not there is looked at again when it is next used,
// unless it is made here.
func (f *tableForms) look(ctx context.Context, db *db.DB, t *schema.Table) error {
	if _, known := f.get(); known {
		return nil
	}
	forms, exists, err := db.Forms(ctx, t)
	if err != nil {
		switch driver.KindOf(err) {
		case driver.KindNoTable, driver.KindNoColumn, driver.KindSyntax, driver.KindPermission:
			return nil // which the statement will tell better
		}
		return err
	}
	if before := f.seen.Load(); before != nil && before.forms.String() != forms.String() {
		f.epoch.Add(1) // there are texts of statements that take the table for what it was
	}
	f.seen.Store(&seenForms{forms: forms, epoch: f.epoch.Load(), absent: !exists})
	return nil
}

// made notes that the table, or something of it, has been made. One that was not there has the forms of this library.
func (f *tableForms) made() {
	s := f.seen.Load()
	switch {
	case s == nil:
	case s.absent && slices.ContainsFunc(s.forms, func(c *schema.Column) bool { return c != nil && c.Native != nil }):
		f.epoch.Add(1) // what the database tells of the types is more than what the tags do
	case s.absent:
		f.seen.Store(&seenForms{forms: s.forms, epoch: s.epoch})
	case s.forms != nil:
		f.epoch.Add(1)
	}
}

// statementsOf returns the statements on a table, or on the rows of other queries in its place.
func statementsOf(db *db.DB, t *schema.Table, derived bool) *render.Statements {
	return db.Extra(statementsKey{t, derived}, func() any {
		forms := func(of *schema.Table) (schema.Forms, bool) {
			if derived && of == t {
				return nil, true
			}
			return formsOf(db, of).get()
		}
		return render.NewFormedStatements(db.Dialect(), t, forms, epochOf(db))
	}).(*render.Statements)
}

// look looks at the binding's table, before a statement is made that will be sent as it is.
func (b *binding) look(ctx context.Context) error { return b.forms.look(ctx, b.db, b.table) }

// formed renders the text of a statement again when it needs tables that have not been looked at.
func (b *binding) formed(ctx context.Context, text *render.Text) (*render.Text, error) {
	if text == nil || text.Unknown() == nil {
		return text, nil
	}
	for _, t := range text.Unknown() {
		if err := formsOf(b.db, t).look(ctx, b.db, t); err != nil {
			return nil, err
		}
	}
	return text.Again()
}
