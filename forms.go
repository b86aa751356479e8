package prom

import (
	"context"
	"sync/atomic"

	"github.com/prom-go/prom/conn"
	"github.com/prom-go/prom/query"
	"github.com/prom-go/prom/schema"
)

// tableForms is what is known on a connection of the forms in which a table stores its columns. It is looked at when the table is first
// used, and again when the connection has forgotten what it knew.
type tableForms struct {
	own    bool       // no column can have another form than this library's own
	looked *conn.Mark // it has been looked at
	absent atomic.Bool // there was no table
	forms  atomic.Pointer[schema.Forms]
}

type formsKey struct{ table *schema.Table }

func formsOf(db *conn.DB, t *schema.Table) *tableForms {
	return db.Extra(formsKey{t}, func() any {
		f := &tableForms{own: true, looked: db.Mark(formsKey{t})}
		for _, c := range t.Columns {
			f.own = f.own && !db.Dialect().Forms(c.Kind)
		}
		return f
	}).(*tableForms)
}

// known reports whether the table has been looked at.
func (f *tableForms) known(ctx context.Context) bool { return f.own || f.looked.IsSet(ctx) }

// get returns the forms as far as they are known.
func (f *tableForms) get() schema.Forms {
	if forms := f.forms.Load(); forms != nil {
		return *forms
	}
	return nil
}

// look looks at a table that has not been looked at. A table that is not there will have this library's own forms, or is looked at when
// it is used next.
func (f *tableForms) look(ctx context.Context, db *conn.DB, t *schema.Table) error {
	if f.known(ctx) {
		return nil
	}
	forms, exists, err := conn.Forms(ctx, db, t)
	if !db.InTx(ctx) && ctx.Err() == nil && (conn.KindOf(err) == ErrConnection || conn.IsUnsent(err) || conn.IsStale(err)) {
		forms, exists, err = conn.Forms(ctx, db, t)
	}
	switch conn.KindOf(err) {
	case ErrNoTable, ErrNoColumn, ErrSyntax, ErrPermission:
		return nil // which the statement will tell better
	}
	if err != nil {
		return err
	}
	f.forms.Store(&forms)
	if f.absent.Store(!exists); exists {
		f.looked.Set(ctx)
	}
	return nil
}

// made notes that a table has been made which was not there, so that it has the forms of this library.
func (f *tableForms) made(ctx context.Context) {
	if f.absent.Load() {
		f.looked.Set(ctx)
	}
}

// statementsOf returns the statements on a table with its forms as they are known.
func statementsOf(db *conn.DB, t *schema.Table, forms schema.Forms) *query.Statements {
	key := any(t)
	if forms != nil {
		key = formedKey{t, forms.String()}
	}
	return db.Extra(key, func() any {
		return query.NewFormedStatements(db.Dialect(), t, forms, func(other *schema.Table) (schema.Forms, bool) {
			f := formsOf(db, other)
			return f.get(), f.own || f.forms.Load() != nil
		})
	}).(*query.Statements)
}

type formedKey struct {
	table *schema.Table
	forms string
}

// formed makes the text of a statement anew when it needs tables that had not been looked at.
func (b *binding) formed(ctx context.Context, text *query.Text) (*query.Text, error) {
	for text != nil && text.Unknown() != nil {
		for _, t := range text.Unknown() {
			if err := formsOf(b.db, t).look(ctx, b.db, t); err != nil {
				return nil, err
			}
		}
		var err error
		if text, err = text.Again(); err != nil {
			return nil, err
		}
	}
	return text, nil
}
