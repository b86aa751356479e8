package render

import (
	"errors"
	"slices"
	"time"

	"github.com/Masterminds/squirrel"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// UpdateKey updates columns of the row in which other columns have certain values, its key among them, and returns all
// columns. Its arguments are the new values and then those. A soft-deleted row is reached when deleted
// says so.
func (s *Statements) UpdateKey(cols, by []*schema.Column, deleted bool) (string, error) {
	k := ast.Shape(make([]byte, 0, 64)).Byte(kindUpdateKey, ast.Bit(deleted)).Columns(cols).Columns(by)
	return s.cache.sql(k, func() (string, error) {
		b := squirrel.Update(s.from)
		for _, c := range cols {
			b = b.Set(s.columns[c.Ordinal], squirrel.Expr(s.Dialect.ArgOf(s.of(c)), schema.Value{}))
		}
		q := ast.Spec{}.KeyIs(by, make([]schema.Value, len(by)))
		if deleted {
			q = q.WithDeleted()
		}
		b = b.Where(s.renderer().clause(q.CondsOn(s.Table))).Suffix(s.returning())
		return finish(b.PlaceholderFormat(format(s.Dialect)), len(cols)+len(by))
	})
}

// Update changes the rows of a query, and returns of them what returning says. The time of the last update
// is set to at, and the version incremented, unless they are assigned. The arguments are appended to dst.
func (s *Statements) Update(dst []schema.Value, q ast.Spec, assigns []*ast.Assign, at time.Time, returning Returning) (*Text,
	[]schema.Value, error) {
	var room [mostAssigned]ast.Assign
	list, err := assignments(room[:0], assigns)
	if err != nil {
		return nil, nil, err
	}
	if len(list) == 0 {
		return nil, nil, errors.New("UPDATE needs at least one assignment")
	}
	return s.update(dst, q, kept(s.Table, list, at), "update", returning)
}

// SoftDelete marks the rows of a query as deleted at a time, those that are not yet. The rest is as with Update.
func (s *Statements) SoftDelete(dst []schema.Value, q ast.Spec, at time.Time, returning Returning) (*Text, []schema.Value,
	error) {
	if err := q.Marks(); err != nil {
		return nil, nil, err
	}
	var room [mostAssigned]ast.Assign
	list := append(room[:0], ast.Assign{Col: s.Table.Deleted, Val: schema.TimeValue(schema.Time, at)})
	return s.update(dst, q.Live(), kept(s.Table, list, at), "delete", returning)
}

// Restore restores the soft-deleted rows of a query. The rest is as with Update.
func (s *Statements) Restore(dst []schema.Value, q ast.Spec, at time.Time, returning Returning) (*Text, []schema.Value,
	error) {
	var room [mostAssigned]ast.Assign
	list := append(room[:0], ast.Assign{Col: s.Table.Deleted})
	return s.update(dst, q.OnlyDeleted(), kept(s.Table, list, at), "restore", returning)
}

func (s *Statements) update(args []schema.Value, q ast.Spec, list []ast.Assign, verb string, returning Returning) (*Text,
	[]schema.Value, error) {
	if err := q.Writable(verb); err != nil {
		return nil, nil, err
	}
	before := len(args)
	key := takeKey()
	defer key.give()
	key.shape, args = s.assignShape(key.shape.Byte(kindUpdate, byte(returning), byte(q.Rows)), args, list)
	args = ast.CondValues(args, s.Dialect, q.Conds)
	key.shape = key.shape.Conds(q.Conds)
	if text := s.cache.known(key.shape); text != nil {
		return text, args, nil
	}
	text, err := s.newUpdate(slices.Clone(key.shape), q, slices.Clone(list), returning, len(args)-before)
	return text, args, err
}

// newUpdate renders an update of a new shape.
func (s *Statements) newUpdate(key []byte, q ast.Spec, list []ast.Assign, returning Returning, args int) (*Text, error) {
	return s.cache.get(key, func() (*Text, error) {
		r := s.renderer()
		b := squirrel.Update(s.from)
		for i := range list {
			text, args := r.part(func() { r.assigned(&list[i]) })
			b = b.Set(s.columns[list[i].Col.Ordinal], squirrel.Expr(text, args...))
		}
		if from := s.before(list); from != "" {
			b = b.From(from)
		}
		if where := q.CondsOn(s.Table); len(where) > 0 {
			b = b.Where(r.clause(where))
		}
		if clause := s.returns(returning); clause != "" {
			b = b.Suffix(clause)
		}
		return r.finish(b.PlaceholderFormat(format(s.Dialect)), args)
	})
}

// before returns what an update reads from so that all of its values are computed before the first row is changed; ""
// when they are anyway. SQLite computes the values of an UPDATE with FROM first, by which one row with nothing in it is
// enough.
func (s *Statements) before(list []ast.Assign) string {
	reads := func(a ast.Assign) bool { return a.Kind == ast.AssignExpr && a.Expr.Some((*ast.Expr).ReadsRows) }
	if !s.Dialect.Features().SeesUpdated || !slices.ContainsFunc(list, reads) {
		return ""
	}
	return "(SELECT 1 AS " + s.Dialect.Quote(s.freeName("one")) + ") AS " + s.Dialect.Quote("prom_before")
}
