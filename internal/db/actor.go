package db

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

type actorKey struct{}

// actors is set once the program has named one.
var actors atomic.Bool

// WithActor returns a context whose writes the audit log ascribes to an actor.
func WithActor(ctx context.Context, actor string) context.Context {
	actors.Store(true)
	return context.WithValue(ctx, actorKey{}, actor)
}

// ActorOf returns the actor of a context, "" for none.
func ActorOf(ctx context.Context) string {
	if !actors.Load() {
		return ""
	}
	actor, _ := ctx.Value(actorKey{}).(string)
	return actor
}

// AuditTriggers lists the triggers that audit a table, by their names, with what they do.
func (db *DB) AuditTriggers(ctx context.Context, table string) (list []schema.Definition, err error) {
	err = db.inspect(ctx, db.dialect.AuditTriggers(), table, func(r inspected) {
		list = append(list, schema.Definition{Sort: "trigger", Name: r.text(0), SQL: r.text(1)})
	})
	return list, err
}

// audits lists the schemas in which the program stores audited tables.
func (db *DB) audits() (spaces []string) {
	for _, t := range db.Known() {
		if t.Audited && !slices.Contains(spaces, t.Schema()) {
			spaces = append(spaces, t.Schema())
		}
	}
	return spaces
}

// actor is who writes in a transaction, as its triggers see it.
type actor struct {
	name   string
	spaces []string // in which it is set; nil for none
	looked bool     // spaces is what there is
	known  bool     // name is what the database has
}

// actorAtBegin returns who writes in a transaction that begins, if the database is told together with BEGIN, and adds
// that to the options and to what is told of BEGIN.
func (db *DB) actorAtBegin(ctx context.Context, opts *driver.TxOptions, st *driver.Statement) (a actor) {
	name := ActorOf(ctx)
	if name == "" || opts.ReadOnly {
		return a
	}
	spaces := db.audits()
	if len(spaces) == 0 {
		return a
	}
	if opts.Prelude = db.dialect.BeginActor(name); opts.Prelude != "" {
		st.SQL += "; " + strings.Join(db.dialect.SetActor(""), "; ") // with a parameter in place of the value
		a = actor{name: name, spaces: spaces, looked: true, known: true}
	}
	return a
}

// outermost returns the transaction of a savepoint.
func (t *tx) outermost() *tx {
	for t.parent != nil {
		t = t.parent
	}
	return t
}

// setActor tells the database who writes, before a statement of a transaction whose turn is held.
func (t *tx) setActor(ctx context.Context, st *driver.Statement) error {
	if !actors.Load() || !st.MayWrite() {
		return nil
	}
	top, name := t.outermost(), ActorOf(ctx)
	a := &top.actor
	if top.readOnly || name == "" && a.spaces == nil || a.known && a.name == name {
		return nil
	}
	if !a.looked {
		a.spaces, a.looked = t.db.audits(), true
	}
	a.known = true
	for _, space := range a.spaces {
		switch there, err := t.setActorIn(ctx, space, name); {
		case err != nil:
			a.known = false
			return err
		case !there:
			a.known = false
		}
	}
	a.name = name
	return nil
}

// setActorIn sets the actor for the tables of a schema. It is false where the table for it is not there yet, and so
// nothing is audited.
func (t *tx) setActorIn(ctx context.Context, space, name string) (there bool, err error) {
	for _, sql := range t.db.dialect.SetActor(space) {
		st := &driver.Statement{SQL: sql, Op: "set actor", Write: true}
		if sql != t.db.dialect.ClearActor(space) {
			st.Args = []schema.Value{schema.TextValue(schema.Text, name)}
		}
		err := t.tell(ctx, st)
		if driver.KindOf(err) == driver.KindNoTable && !t.db.dialect.Features().ErrorAborts {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

// tell runs a statement that says who writes.
func (t *tx) tell(ctx context.Context, st *driver.Statement) error {
	ctx, e := t.db.observe(ctx, EventStatement, st)
	n, err := t.engine.Exec(ctx, st)
	if err != nil {
		err = t.db.describe(err, st)
	}
	e.end(ctx, n, err)
	return err
}

// forgetActor is called when a savepoint has been rolled back, and what was set in it.
func (t *tx) forgetActor() { t.outermost().actor.known = false }

// clearActor ends what setActor has begun, before the commit.
func (t *tx) clearActor(ctx context.Context) error {
	for _, space := range t.actor.spaces {
		sql := t.db.dialect.ClearActor(space)
		if sql == "" {
			continue
		}
		st := &driver.Statement{SQL: sql, Op: "clear actor", Write: true}
		if err := t.tell(ctx, st); err != nil && driver.KindOf(err) != driver.KindNoTable {
			return err
		}
	}
	return nil
}
