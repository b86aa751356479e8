package query

import (
	"errors"
	"slices"
	"time"

	"github.com/Masterminds/squirrel"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// UpdateKey updates columns of the row in which other columns have certain values, its key among them, and returns all columns. Its
// arguments are the new values and then those. A row that is marked as deleted is reached when deleted says so.
func (s *Statements) UpdateKey(cols, by []*schema.Column, deleted bool) (string, error) {
	k := shape(make([]byte, 0, 64)).byte(kindUpdateKey, bit(deleted)).columns(cols).columns(by)
	return s.cache.sql(k, func() (string, error) {
		b := squirrel.Update(s.name)
		for _, c := range cols {
			b = b.Set(s.columns[c.Ordinal], squirrel.Expr(s.Dialect.ArgOf(s.of(c)), schema.Value{}))
		}
		q := Spec{}.KeyIs(by, make([]schema.Value, len(by)))
		if deleted {
			q = q.WithDeleted()
		}
		b = b.Where(s.renderer().clause(q.conds(s.Table))).Suffix(s.returning())
		return finish(b.PlaceholderFormat(format(s.Dialect)), len(cols)+len(by))
	})
}

// DeleteKey deletes the row in which columns have certain values, its key among them, marked as deleted or not. Its arguments are
// the values.
func (s *Statements) DeleteKey(by []*schema.Column) (string, error) {
	k := shape(make([]byte, 0, 64)).byte(kindDeleteKey).columns(by)
	return s.cache.sql(k, func() (string, error) {
		b := squirrel.Delete(s.name).Where(s.renderer().clause(Spec{}.KeyIs(by, make([]schema.Value, len(by))).where))
		return finish(b.PlaceholderFormat(format(s.Dialect)), len(by))
	})
}

var errProjected = errors.New("an update or delete works on the rows of a table, not on those of a union, a group or another query")

var errPaged = errors.New("an update or delete takes no order, limit or offset; choose the rows by conditions")

// Update changes the rows of a query, and returns all columns of them if returning says so. The time of the last update is set to
// at, and the version counted up, unless they are assigned. The arguments are appended to dst.
func Update[T any](s *Statements, dst []schema.Value, q Spec, assigns []Assign[T], at time.Time, returning bool) (*Text, []schema.Value, error) {
	list, err := assignments(assigns)
	if err != nil {
		return nil, nil, err
	}
	if len(list) == 0 {
		return nil, nil, errors.New("an update needs an assignment")
	}
	return s.update(dst, q, s.kept(list, at), "update", returning)
}

// assignments checks assignments and leaves out those of nothing.
func assignments[T any](assigns []Assign[T]) ([]assignment, error) {
	if len(assigns) == 0 {
		return nil, nil
	}
	list := make([]assignment, 0, 8)
	for _, a := range assigns {
		if a.a == nil {
			continue
		}
		if a.a.err != nil {
			return nil, a.a.err
		}
		if err := a.a.x.firstErr(); err != nil {
			return nil, err
		}
		if a.a.x != nil && a.a.x.some((*expr).manyRows) {
			return nil, errAssignMany
		}
		if assigned(list, a.a.col) {
			return nil, errors.New("the column " + a.a.col.Name + " is assigned twice")
		}
		list = append(list, *a.a)
	}
	return list, nil
}

var errAssignMany = errors.New("a row cannot be assigned an aggregate or a window function; assign a subquery that selects it, by Sub or LinkedSub")

func assigned(list []assignment, c *schema.Column) bool {
	return slices.ContainsFunc(list, func(a assignment) bool { return a.col == c })
}

// kept adds what every update of a row changes, unless it is assigned: its time and its version.
func (s *Statements) kept(list []assignment, at time.Time) []assignment {
	for _, c := range s.Table.Columns {
		switch {
		case assigned(list, c):
		case c.Updated:
			list = append(list, assignment{col: c, val: schema.TimeValue(schema.Time, at)})
		case c.Version:
			list = append(list, assignment{col: c, kind: assignAdd, val: one(c)})
		}
	}
	return list
}

// Column returns the column that is assigned, nil for the zero Assign.
func (a Assign[T]) Column() *schema.Column {
	if a.a == nil {
		return nil
	}
	return a.a.col
}

// SoftDelete marks the rows of a query as deleted at a time, those that are not yet. The rest is as with Update.
func (s *Statements) SoftDelete(dst []schema.Value, q Spec, at time.Time, returning bool) (*Text, []schema.Value, error) {
	mark := assignment{col: s.Table.Deleted, val: schema.TimeValue(schema.Time, at)}
	return s.update(dst, q.Live(), s.kept([]assignment{mark}, at), "delete", returning)
}

// Restore takes the mark off those rows of a query that have one. The rest is as with Update.
func (s *Statements) Restore(dst []schema.Value, q Spec, at time.Time, returning bool) (*Text, []schema.Value, error) {
	return s.update(dst, q.OnlyDeleted(), s.kept([]assignment{{col: s.Table.Deleted}}, at), "restore", returning)
}

func (s *Statements) update(args []schema.Value, q Spec, list []assignment, verb string, returning bool) (*Text, []schema.Value, error) {
	if err := q.writable(verb); err != nil {
		return nil, nil, err
	}
	before := len(args)
	key, args := s.assignShape(shape(make([]byte, 0, 128)).byte(kindUpdate, bit(returning), byte(q.rows)), args, list)
	args = values(args, s.Dialect, q.where)
	key = key.nodes(q.where)
	if text := s.cache.known(key); text != nil {
		return text, args, nil
	}
	text, err := s.newUpdate(slices.Clone(key), q, list, returning, len(args)-before)
	return text, args, err
}

// newUpdate renders an update of a new shape.
func (s *Statements) newUpdate(key []byte, q Spec, list []assignment, returning bool, args int) (*Text, error) {
	return s.cache.get(key, func() (*Text, error) {
		r := s.renderer()
		b := squirrel.Update(s.name)
		for i := range list {
			text, args := r.part(func() { r.assigned(&list[i]) })
			b = b.Set(s.columns[list[i].col.Ordinal], squirrel.Expr(text, args...))
		}
		if from := s.before(list); from != "" {
			b = b.From(from)
		}
		if where := q.conds(s.Table); len(where) > 0 {
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
func (s *Statements) before(list []assignment) string {
	reads := func(a assignment) bool { return a.kind == assignExpr && a.x.some((*expr).readsRows) }
	if !s.Dialect.Features().SeesUpdated || !slices.ContainsFunc(list, reads) {
		return ""
	}
	return "(SELECT 1 AS " + s.Dialect.Quote(s.freeName("one")) + ") AS " + s.Dialect.Quote("prom_before")
}

// assignShape adds assignments to a shape, and their arguments to args.
func (s *Statements) assignShape(key shape, args []schema.Value, list []assignment) (shape, []schema.Value) {
	key = key.int(len(list))
	for i := range list {
		key, args = key.assignment(&list[i]), list[i].values(args, s.Dialect)
	}
	return key, args
}

// assignment is everything of one that a text depends on.
func (k shape) assignment(a *assignment) shape {
	k = k.byte(byte(a.kind)).int(a.col.Ordinal)
	if a.kind == assignExpr {
		k = k.expr(a.x)
	}
	return k
}

// values appends the arguments of an assignment.
func (a *assignment) values(dst []schema.Value, d dialect.Dialect) []schema.Value {
	if a.kind == assignExpr {
		return exprValues(dst, d, a.x)
	}
	return append(dst, a.val)
}

// assigned writes the new value of a column.
func (r *renderer) assigned(a *assignment) {
	formed := r.sc.forms.Of(a.col)
	switch a.kind {
	case assignExpr:
		r.b.WriteString(r.d.Stored(formed, r.d.Fit(a.col, r.text(func() { r.expr(a.x) }))))
		return
	case assignSet:
		r.b.WriteString(r.d.ArgOf(formed))
	default:
		r.b.WriteString(r.d.Stored(formed, r.d.Add(a.col, r.canonical(a.col), a.kind == assignSub)))
	}
	r.arg(a.val)
}

// Delete deletes the rows of a query for good. The rest is as with Update.
func (s *Statements) Delete(args []schema.Value, q Spec, returning bool) (*Text, []schema.Value, error) {
	if err := q.writable("delete"); err != nil {
		return nil, nil, err
	}
	before := len(args)
	args = values(args, s.Dialect, q.where)
	key := shape(make([]byte, 0, 128)).byte(kindDelete, bit(returning), byte(q.rows)).nodes(q.where)
	text, err := s.cache.get(key, func() (*Text, error) {
		r := s.renderer()
		b := squirrel.Delete(s.name)
		if where := q.conds(s.Table); len(where) > 0 {
			b = b.Where(r.clause(where))
		}
		if returning {
			b = b.Suffix(s.returning())
		}
		return r.finish(b.PlaceholderFormat(format(s.Dialect)), len(args)-before)
	})
	return text, args, err
}

func (q *Spec) writable(verb string) error {
	if err := q.Err(); err != nil {
		return err
	}
	if q.limits != 0 || len(q.orders) > 0 {
		return errPaged
	}
	if q.more != nil {
		return errProjected
	}
	return q.Guard(verb)
}
