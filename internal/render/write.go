package render

import (
	"errors"
	"slices"
	"time"

	"github.com/Masterminds/squirrel"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// UpdateKey updates columns of the row in which other columns have certain values, its key among them, and returns all columns. Its
// arguments are the new values and then those. A row that is marked as deleted is reached when deleted says so.
func (s *Statements) UpdateKey(cols, by []*schema.Column, deleted bool) (string, error) {
	k := ast.Shape(make([]byte, 0, 64)).Byte(kindUpdateKey, ast.Bit(deleted)).Columns(cols).Columns(by)
	return s.cache.sql(k, func() (string, error) {
		b := squirrel.Update(s.name)
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

// DeleteKey deletes the row in which columns have certain values, its key among them, marked as deleted or not. Its arguments are
// the values.
func (s *Statements) DeleteKey(by []*schema.Column) (string, error) {
	k := ast.Shape(make([]byte, 0, 64)).Byte(kindDeleteKey).Columns(by)
	return s.cache.sql(k, func() (string, error) {
		b := squirrel.Delete(s.name).Where(s.renderer().clause(ast.Spec{}.KeyIs(by, make([]schema.Value, len(by))).Conds))
		return finish(b.PlaceholderFormat(format(s.Dialect)), len(by))
	})
}

// Update changes the rows of a query, and returns all columns of them if returning says so. The time of the last update is set to
// at, and the version counted up, unless they are assigned. The arguments are appended to dst.
func (s *Statements) Update(dst []schema.Value, q ast.Spec, assigns []*ast.Assign, at time.Time, returning bool) (*Text, []schema.Value, error) {
	list, err := assignments(assigns)
	if err != nil {
		return nil, nil, err
	}
	if len(list) == 0 {
		return nil, nil, errors.New("an update needs an assignment")
	}
	return s.update(dst, q, kept(s.Table, list, at), "update", returning)
}

// assignments checks assignments and leaves out those of nothing.
func assignments(assigns []*ast.Assign) ([]ast.Assign, error) {
	if len(assigns) == 0 {
		return nil, nil
	}
	list := make([]ast.Assign, 0, 8)
	for _, a := range assigns {
		if a == nil {
			continue
		}
		if a.Err != nil {
			return nil, a.Err
		}
		if err := a.Expr.FirstErr(); err != nil {
			return nil, err
		}
		if a.Expr != nil && a.Expr.Some((*ast.Expr).ManyRows) {
			return nil, errAssignMany
		}
		if assigned(list, a.Col) {
			return nil, errors.New("the column " + a.Col.Name + " is assigned twice")
		}
		list = append(list, *a)
	}
	return list, nil
}

var errAssignMany = errors.New("a row cannot be assigned an aggregate or a window function; assign a subquery that selects it, by Sub or LinkedSub")

func assigned(list []ast.Assign, c *schema.Column) bool {
	return slices.ContainsFunc(list, func(a ast.Assign) bool { return a.Col == c })
}

// kept adds what every update of a row changes, unless it is assigned: its time and its version.
func kept(t *schema.Table, list []ast.Assign, at time.Time) []ast.Assign {
	for _, c := range t.Columns {
		switch {
		case assigned(list, c):
		case c.Updated:
			list = append(list, ast.Assign{Col: c, Val: schema.TimeValue(schema.Time, at)})
		case c.Version:
			list = append(list, ast.Assign{Col: c, Kind: ast.AssignAdd, Val: versionStep(c)})
		}
	}
	return list
}

// SoftDelete marks the rows of a query as deleted at a time, those that are not yet. The rest is as with Update.
func (s *Statements) SoftDelete(dst []schema.Value, q ast.Spec, at time.Time, returning bool) (*Text, []schema.Value, error) {
	mark := ast.Assign{Col: s.Table.Deleted, Val: schema.TimeValue(schema.Time, at)}
	return s.update(dst, q.Live(), kept(s.Table, []ast.Assign{mark}, at), "delete", returning)
}

// Restore takes the mark off those rows of a query that have one. The rest is as with Update.
func (s *Statements) Restore(dst []schema.Value, q ast.Spec, at time.Time, returning bool) (*Text, []schema.Value, error) {
	return s.update(dst, q.OnlyDeleted(), kept(s.Table, []ast.Assign{{Col: s.Table.Deleted}}, at), "restore", returning)
}

func (s *Statements) update(args []schema.Value, q ast.Spec, list []ast.Assign, verb string, returning bool) (*Text, []schema.Value, error) {
	if err := q.Writable(verb); err != nil {
		return nil, nil, err
	}
	before := len(args)
	key, args := s.assignShape(ast.Shape(make([]byte, 0, 128)).Byte(kindUpdate, ast.Bit(returning), byte(q.Rows)), args, list)
	args = ast.CondValues(args, s.Dialect, q.Conds)
	key = key.Conds(q.Conds)
	if text := s.cache.known(key); text != nil {
		return text, args, nil
	}
	text, err := s.newUpdate(slices.Clone(key), q, list, returning, len(args)-before)
	return text, args, err
}

// newUpdate renders an update of a new shape.
func (s *Statements) newUpdate(key []byte, q ast.Spec, list []ast.Assign, returning bool, args int) (*Text, error) {
	return s.cache.get(key, func() (*Text, error) {
		r := s.renderer()
		b := squirrel.Update(s.name)
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
		if returning {
			b = b.Suffix(s.returning())
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

// assignShape adds assignments to a shape, and their arguments to args.
func (s *Statements) assignShape(key ast.Shape, args []schema.Value, list []ast.Assign) (ast.Shape, []schema.Value) {
	key = key.Int(len(list))
	for i := range list {
		key, args = key.Assign(&list[i]), list[i].Values(args, s.Dialect)
	}
	return key, args
}

// assigned writes the new value of a column.
func (r *renderer) assigned(a *ast.Assign) {
	formed := r.sc.forms.Of(a.Col)
	switch a.Kind {
	case ast.AssignExpr:
		r.b.WriteString(r.d.Stored(formed, r.d.Fit(a.Col, r.text(func() { r.expr(a.Expr) }))))
		return
	case ast.AssignSet:
		r.b.WriteString(r.d.ArgOf(formed))
	default:
		r.b.WriteString(r.d.Stored(formed, r.d.Add(a.Col, r.canonical(a.Col), a.Kind == ast.AssignSub)))
	}
	r.arg(a.Val)
}

// Delete deletes the rows of a query for good. The rest is as with Update.
func (s *Statements) Delete(args []schema.Value, q ast.Spec, returning bool) (*Text, []schema.Value, error) {
	if err := q.Writable("delete"); err != nil {
		return nil, nil, err
	}
	before := len(args)
	args = ast.CondValues(args, s.Dialect, q.Conds)
	key := ast.Shape(make([]byte, 0, 128)).Byte(kindDelete, ast.Bit(returning), byte(q.Rows)).Conds(q.Conds)
	text, err := s.cache.get(key, func() (*Text, error) {
		r := s.renderer()
		b := squirrel.Delete(s.name)
		if where := q.CondsOn(s.Table); len(where) > 0 {
			b = b.Where(r.clause(where))
		}
		if returning {
			b = b.Suffix(s.returning())
		}
		return r.finish(b.PlaceholderFormat(format(s.Dialect)), len(args)-before)
	})
	return text, args, err
}
