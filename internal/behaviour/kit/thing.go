package kit

import (
	"context"

	"github.com/prom-go/prom"
)

// OldThing is Thing before it got more columns and an index.
type OldThing struct {
	prom.Model
	Name string `prom:"index"`
}

// Thing is the model as it is now.
type Thing struct {
	prom.Model
	Name  string  `prom:"index"`
	Code  *string `prom:"unique"`
	Count int     `prom:"default=7"`
}

var thing = prom.Proto[Thing]()

// ThingCode is a handle of [Thing].
var ThingCode = prom.NullTextOf(thing, &thing.Code)

// OldThings returns a repo of old things on the table of [Things].
func OldThings(db *prom.DB) *prom.Repo[OldThing] {
	return prom.NewRepo[OldThing](prom.Using(db), prom.Table("thing"))
}

// Things returns a repo of things on a database.
func Things(db *prom.DB) *prom.Repo[Thing] { return prom.NewRepo[Thing](prom.Using(db)) }

// Situations are where an operation runs: outside a transaction, in one, and in nested ones.
var Situations = []struct {
	Name string
	In   func(ctx context.Context, db *prom.DB, fn func(ctx context.Context) error) error
}{
	{"outside", func(ctx context.Context, _ *prom.DB, fn func(ctx context.Context) error) error { return fn(ctx) }},
	{"transaction", func(ctx context.Context, db *prom.DB, fn func(ctx context.Context) error) error {
		return db.Tx(ctx, fn)
	}},
	{"nested", func(ctx context.Context, db *prom.DB, fn func(ctx context.Context) error) error {
		return db.Tx(ctx, func(ctx context.Context) error {
			return db.Tx(ctx, func(ctx context.Context) error { return db.Tx(ctx, fn) })
		})
	}},
}
