package core

import (
	"context"
	"errors"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// The values of binding.told: how much the engine tells of what was inserted into a table or written to it.
const (
	toldUnknown = iota
	toldNothing // it is a view, whose triggers write elsewhere, or has a rule that does
	toldRows    // the number of rows
	toldKey     // the key of a row that was inserted as well, which is the row's number
)

// tells returns how much the driver tells. On SQLite the key is the row's number in the tables that this library makes,
// but not in each that others have made. The table is looked at once.
func (b *binding) tells(ctx context.Context) int32 {
	if told := b.told.Load(); told != toldUnknown {
		return told
	}
	found, err := b.db.Inspect(ctx, b.table.Name)
	if err != nil || !found.Exists {
		return toldUnknown
	}
	told := int32(toldRows)
	if found.View {
		told = toldNothing
	}
	for _, key := range b.table.Key {
		if c := found.Column(key.Name); told == toldRows && key.Auto && c != nil && c.Auto {
			told = toldKey
		}
	}
	b.told.Store(told)
	return told
}

// insertsOnly reports whether a row can be inserted without reading it back: the engine stores what it is given, and
// the key that it makes is the one that its driver knows. It is false for a table of which nothing is known yet. A view
// for which its triggers make the key is an error, since SQLite tells it nowhere.
func (r *Repo) insertsOnly(ctx context.Context, b *binding, cols []*schema.Column) (bool, error) {
	if r.table.Filled || !b.db.Dialect().Features().LastKey || b.db.ReadOnly() || !b.marked.IsSet(ctx) {
		return false, nil
	}
	told, key := b.tells(ctx), r.madeKey(cols)
	if told == toldNothing && key != nil {
		return false, ErrorOf("insert", r.table,
			errors.New("SQLite does not report the key that an insert into a view generates; set "+key.Field))
	}
	return told == toldKey && (key == nil || fitsAnyKey(key)) || told == toldRows && key == nil, nil
}

// counts reports whether a statement that returns no rows tells how many it has changed.
func (b *binding) counts(ctx context.Context) bool {
	return !b.db.Dialect().Features().LastKey || b.tells(ctx) != toldNothing
}

// countRows runs a statement that returns the rows it has changed, and counts them.
func (b *binding) countRows(ctx context.Context, c *call) (n int, err error) {
	err = b.query(ctx, c, driver.RowFunc(func(rows driver.Rows) error {
		n = numberOf(rows)
		return nil
	}))
	return n, err
}

func numberOf(rows driver.Rows) (n int) {
	for rows.Next() {
		n++
	}
	return n
}
