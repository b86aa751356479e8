package query

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/Masterminds/squirrel"

	"github.com/prom-go/prom/schema"
)

// Mapping says which term of a row of S goes into which column of D.
type Mapping[D, S any] struct {
	_    [0]func(*D)
	_    [0]func(*S)
	col  *schema.Column
	term *expr
}

// To maps a term of the rows of S to a column of D.
func To[D, S, V any](field interface {
	Term[D, V]
	Column() *schema.Column
}, t Term[S, V]) Mapping[D, S] {
	return Mapping[D, S]{col: field.Column(), term: t.term().e}
}

// Copy inserts a row into the table for each row of a query. Columns that nothing is mapped to have what a new row has in them: the
// time at, their default, NULL, or a key that the database makes. The arguments are appended to args.
func Copy[D, S, R any](s *Statements, args []schema.Value, q Nested[R], maps []Mapping[D, S], at time.Time) (*Text, []schema.Value, error) {
	if q.s.spec.extra().cols != nil {
		return nil, nil, errors.New("the mappings say what is copied; give the query itself and not a projection of it")
	}
	cols, terms := make([]*schema.Column, 0, len(s.Table.Columns)), make([]*expr, 0, len(s.Table.Columns))
	for _, m := range maps {
		if slices.Contains(cols, m.col) {
			return nil, nil, fmt.Errorf("the column %s is mapped twice", m.col.Name)
		}
		op := exprFit
		if m.term.op == exprColumn {
			op = exprStored
		}
		cols, terms = append(cols, m.col), append(terms, intoColumn(op, m.col, moment(m.term, m.col.Kind)))
	}
	if len(cols) == 0 {
		return nil, nil, errors.New("a copy needs a mapping")
	}
	var missing []string
	for _, c := range s.Table.Columns {
		if slices.Contains(cols, c) || c.Auto && c.Kind != schema.UUID {
			continue
		}
		value, ok := unmapped(c, at)
		switch {
		case ok:
			cols, terms = append(cols, c), append(terms, intoColumn(exprStored, c, &expr{op: exprValue, like: c, val: value}))
		case c.Required():
			missing = append(missing, c.Field)
		}
	}
	if missing != nil {
		return nil, nil, fmt.Errorf("nothing is mapped to %s, which a row needs", strings.Join(missing, ", "))
	}
	sub := *q.s
	sub.spec = sub.spec.project(terms)
	if err := sub.spec.Err(); err != nil {
		return nil, nil, err
	}
	before := len(args)
	args = sub.spec.values(args, s.Dialect)
	key := shape(make([]byte, 0, 128)).byte(kindCopy).columns(cols).subselect(&sub)
	text, err := s.cache.get(key, func() (*Text, error) {
		r := newRenderer(s.Dialect, scope{})
		r.st.forms = s.forms
		r.st.into = r.formsOf(s.Table)
		r.need(sub.table)
		r.st.text.owners = append(r.st.text.owners, sub.owner)
		b := squirrel.Insert(s.name).Columns(s.quoted(cols)...).Select(r.inner(sub.table).selectBuilder(&sub.spec, selectRows, nil))
		return r.finish(b.PlaceholderFormat(format(s.Dialect)), len(args)-before)
	})
	return text, args, err
}

// intoColumn is a term on its way into a column.
func intoColumn(op exprOp, c *schema.Column, term *expr) *expr {
	return &expr{op: op, like: c, col: c, args: []*expr{term}}
}

// unmapped returns what a new row has in a column to which nothing is mapped; false when it has NULL, or needs a value.
func unmapped(c *schema.Column, at time.Time) (schema.Value, bool) {
	switch {
	case c.Created || c.Updated:
		return schema.TimeValue(schema.Time, at), true
	case c.Default == nil || c.Default.Func == "uuid":
		return schema.Value{}, false
	case c.Default.Func == "now":
		return schema.TimeValue(c.Kind, at), true
	}
	return c.Default.Literal, true
}
