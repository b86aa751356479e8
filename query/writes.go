package query

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/Masterminds/squirrel"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Insert adds rows of the given columns and returns all columns of what was stored. Without columns it inserts one row of
// defaults. Its arguments are the values of the columns, row after row.
func (s *Statements) Insert(cols []*schema.Column, rows int) (string, error) {
	key := shape(make([]byte, 0, 128)).byte(kindInsert).columns(cols).int(rows)
	return s.cache.sql(key, func() (string, error) {
		if len(cols) == 0 {
			return "INSERT INTO " + s.name + " DEFAULT VALUES " + s.returning(), nil
		}
		return finish(s.insertBuilder(cols, rows).Suffix(s.returning()).PlaceholderFormat(format(s.Dialect)), len(cols)*rows)
	})
}

func (s *Statements) insertBuilder(cols []*schema.Column, rows int) squirrel.InsertBuilder {
	row := make([]any, len(cols))
	for i, c := range cols {
		row[i] = squirrel.Expr(s.Dialect.Arg(c.Kind), schema.Value{})
	}
	b := squirrel.Insert(s.name).Columns(s.quoted(cols)...)
	for range rows {
		b = b.Values(row...)
	}
	return b
}

// InsertOnly inserts a row of the given columns and returns nothing.
func (s *Statements) InsertOnly(cols []*schema.Column) (string, error) {
	key := shape(make([]byte, 0, 64)).byte(kindInsertOnly).columns(cols)
	return s.cache.sql(key, func() (string, error) {
		if len(cols) == 0 {
			return "INSERT INTO " + s.name + " DEFAULT VALUES", nil
		}
		return finish(s.insertBuilder(cols, 1).PlaceholderFormat(format(s.Dialect)), len(cols))
	})
}

// Bulk returns the statements that insert many rows of the columns, where the database makes key, or none when that is nil.
func (s *Statements) Bulk(cols []*schema.Column, key *schema.Column) dialect.Bulk {
	if len(cols) == 0 {
		return dialect.Bulk{}
	}
	k := string(shape(make([]byte, 0, 64)).columns(cols))
	if b, ok := s.bulks.Load(k); ok {
		return b.(dialect.Bulk)
	}
	b, _ := s.bulks.LoadOrStore(k, s.Dialect.Bulk(s.Table, cols, key))
	return b.(dialect.Bulk)
}

// Upsert inserts one row, or, when a row with the same values in the columns on exists, updates the columns set of that one. It
// returns all columns of what is stored then.
func (s *Statements) Upsert(cols, on, set []*schema.Column) (string, error) {
	key := shape(make([]byte, 0, 128)).byte(kindUpsert).columns(cols).columns(on).columns(set)
	return s.cache.sql(key, func() (string, error) {
		if len(set) == 0 {
			// Something must be assigned, or nothing would be returned.
			set = on[:1]
		}
		var b strings.Builder
		b.WriteString("ON CONFLICT (" + strings.Join(s.quoted(on), ", ") + ") DO UPDATE SET ")
		for i, name := range s.quoted(set) {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(name + " = excluded." + name)
		}
		ins := s.insertBuilder(cols, 1).Suffix(b.String() + " " + s.returning())
		if strings.EqualFold(s.Table.Name, "excluded") {
			ins = ins.Into(s.name + " AS target") // its own name means the row that could not be inserted
		}
		return finish(ins.PlaceholderFormat(format(s.Dialect)), len(cols))
	})
}

// UpdateKey updates columns of the row with a key and returns all columns. Its arguments are the new values and then the key.
func (s *Statements) UpdateKey(cols, key []*schema.Column) (string, error) {
	k := shape(make([]byte, 0, 64)).byte(kindUpdateKey).columns(cols).columns(key)
	return s.cache.sql(k, func() (string, error) {
		b := squirrel.Update(s.name)
		for _, c := range cols {
			b = b.Set(s.columns[c.Ordinal], squirrel.Expr(s.Dialect.Arg(c.Kind), schema.Value{}))
		}
		b = b.Where(s.renderer().clause(Spec{}.KeyIs(key, make([]schema.Value, len(key))).where)).Suffix(s.returning())
		return finish(b.PlaceholderFormat(format(s.Dialect)), len(cols)+len(key))
	})
}

// DeleteKey deletes the row with a key. Its arguments are the key.
func (s *Statements) DeleteKey(key []*schema.Column) (string, error) {
	k := shape(make([]byte, 0, 64)).byte(kindDeleteKey).columns(key)
	return s.cache.sql(k, func() (string, error) {
		b := squirrel.Delete(s.name).Where(s.renderer().clause(Spec{}.KeyIs(key, make([]schema.Value, len(key))).where))
		return finish(b.PlaceholderFormat(format(s.Dialect)), len(key))
	})
}

// DeleteKeyReturning is DeleteKey that returns a row with the constant 1 for the row that it deleted.
func (s *Statements) DeleteKeyReturning(key []*schema.Column) (string, error) {
	text, err := s.DeleteKey(key)
	return text + " RETURNING 1", err
}

var errProjected = errors.New("an update or delete works on the rows of a table, not on those of a union, a group or another query")

var errPaged = errors.New("an update or delete takes no order, limit or offset; choose the rows by conditions")

// Update changes the rows of a query. Columns that are the time of the last update are set to at, unless they are assigned. The
// arguments are appended to dst.
func Update[T any](s *Statements, dst []schema.Value, q Spec, assigns []Assign[T], at time.Time) (*Text, []schema.Value, error) {
	list, err := assignments(s.Table, assigns, at)
	if err != nil {
		return nil, nil, err
	}
	return s.update(dst, q, list)
}

// assignments gathers what is assigned, and with it the time of the last update.
func assignments[T any](t *schema.Table, assigns []Assign[T], at time.Time) ([]assignment, error) {
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
		for _, other := range list {
			if other.col == a.a.col {
				return nil, errors.New("the column " + a.a.col.Name + " is assigned twice")
			}
		}
		list = append(list, *a.a)
	}
	if len(list) > 0 {
		for _, c := range t.Columns {
			if c.Updated && !slices.ContainsFunc(list, func(a assignment) bool { return a.col == c }) {
				list = append(list, assignment{col: c, val: schema.TimeValue(schema.Time, at)})
			}
		}
	}
	return list, nil
}

// Column returns the column that is assigned, nil for the zero Assign.
func (a Assign[T]) Column() *schema.Column {
	if a.a == nil {
		return nil
	}
	return a.a.col
}

func (s *Statements) update(args []schema.Value, q Spec, list []assignment) (*Text, []schema.Value, error) {
	if err := q.writable("update"); err != nil {
		return nil, nil, err
	}
	if len(list) == 0 {
		return nil, nil, errors.New("an update needs an assignment")
	}
	before := len(args)
	key := shape(make([]byte, 0, 128)).byte(kindUpdate).int(len(list))
	for i := range list {
		key, args = key.assignment(&list[i]), list[i].values(args, s.Dialect)
	}
	args = values(args, s.Dialect, q.where)
	text, err := s.cache.get(key.nodes(q.where), func() (*Text, error) {
		r := s.renderer()
		b := squirrel.Update(s.name)
		for i := range list {
			text, args := r.part(func() { r.assigned(&list[i]) })
			b = b.Set(s.columns[list[i].col.Ordinal], squirrel.Expr(text, args...))
		}
		if len(q.where) > 0 {
			b = b.Where(r.clause(q.where))
		}
		return r.finish(b.PlaceholderFormat(format(s.Dialect)), len(args)-before)
	})
	return text, args, err
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
	switch a.kind {
	case assignExpr:
		r.b.WriteString(r.d.Fit(a.col, r.text(func() { r.expr(a.x) })))
		return
	case assignSet:
		r.b.WriteString(r.d.Arg(a.col.Kind))
	default:
		r.b.WriteString(r.d.Add(a.col, r.column(a.col), a.kind == assignSub))
	}
	r.arg(a.val)
}

// Delete deletes the rows of a query. Its arguments are appended to args.
func (s *Statements) Delete(args []schema.Value, q Spec) (*Text, []schema.Value, error) {
	if err := q.writable("delete"); err != nil {
		return nil, nil, err
	}
	before := len(args)
	args = values(args, s.Dialect, q.where)
	key := shape(make([]byte, 0, 128)).byte(kindDelete).nodes(q.where)
	text, err := s.cache.get(key, func() (*Text, error) {
		r := s.renderer()
		b := squirrel.Delete(s.name)
		if len(q.where) > 0 {
			b = b.Where(r.clause(q.where))
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
