package render

import (
	"slices"
	"strings"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// seeks reports whether an index of the model leads to the rows on the page of each key, so that it costs less to look
// for these, key by key, than to number all rows of all keys. Where a subquery can stand beside the keys (LATERAL) that
// is so when the index has the order as well; elsewhere rows are numbered so slowly that the key is enough.
func (s *Statements) seeks(q *ast.Spec, by []*schema.Column) bool {
	if len(by) != 1 || len(s.Table.Key) == 0 || slices.ContainsFunc(q.Orders,
		func(o ast.Order) bool { return o.Expr != nil }) {
		return false
	}
	switch by[0].Kind {
	case schema.Int16, schema.Int32, schema.Int64, schema.UUID: // which are compared alike wherever they come from
	default:
		return false
	}
	path := []*schema.Column{by[0]}
	if s.Dialect.Features().Lateral {
		if q.Orders[0].Part != 0 {
			return false
		}
		path = append(path, q.Orders[0].Col)
	}
	if len(s.Table.Key) >= len(path) && slices.Equal(s.Table.Key[:len(path)], path) {
		return true
	}
	return slices.ContainsFunc(s.Table.Indexes, func(ix *schema.Index) bool {
		return !ix.Partial() && ix.Method == "" && len(ix.Columns) >= len(path) &&
			slices.EqualFunc(ix.Columns[:len(path)], path,
				func(c schema.IndexColumn, want *schema.Column) bool { return c.Column == want })
	})
}

// selectSought is [Statements.SelectEach] by a look for each key.
func (s *Statements) selectSought(dst []schema.Value, q ast.Spec, by *schema.Column, n int,
	at func(i, part int) schema.Value) (*Text, []schema.Value, error) {
	keys, err := schema.NewList(by.Kind, n, func(i int) (schema.Value, error) { return at(i, 0), nil })
	if err == nil {
		err = q.Err()
	}
	if err != nil {
		return nil, dst, err
	}
	args := q.Args(ast.CondValues(append(q.ComputedValues(dst, s.Dialect), keys), s.Dialect, q.Conds))
	key := ast.Shape(make([]byte, 0, 128)).Byte(kindSelectSought, byte(q.Flags),
		byte(q.Rows)).Int(by.Ordinal).Conds(q.Conds).Orders(q.Orders)
	key = key.Computed(q.Extra().Computed)
	text, err := s.cache.get(key, func() (*Text, error) {
		r := s.renderer()
		s.seekSQL(r, &q, by, keys)
		return r.finish(placed{s.Dialect, r.b.String(), r.args}, len(args)-len(dst))
	})
	return text, args, err
}

// seekSQL writes, for each key, a query of the rows on its page: beside the keys, or of the primary keys of rows.
func (s *Statements) seekSQL(r *renderer, q *ast.Spec, by *schema.Column, keys schema.Value) {
	lateral := s.Dialect.Features().Lateral
	bare, each, rows := r.sc, r.alias(), r.alias()
	named := bare
	named.name, named.bare = rows, false
	list := func(sc scope, cols []*schema.Column) string {
		r.sc = sc
		names := make([]string, len(cols))
		for i, c := range cols {
			names[i] = r.column(c)
		}
		return strings.Join(names, ", ")
	}
	r.b.WriteString("SELECT " + list(named, s.Table.Columns))
	r.computed(*q, rows)
	r.b.WriteString(" FROM " + s.Dialect.Elements(by, each))
	r.arg(keys)
	if lateral {
		r.b.WriteString(" CROSS JOIN LATERAL (SELECT " + list(bare, s.Table.Columns))
	} else {
		r.b.WriteString(" CROSS JOIN " + s.from + " AS " + rows + " ON (" + list(named, s.Table.Key) + ") IN (SELECT " +
			list(bare, s.Table.Key))
	}
	r.b.WriteString(" FROM " + s.from + " WHERE " + r.d.Operand(r.sc.forms.Of(by), r.column(by)) + " = " + each + ".v")
	if conds := q.CondsOn(s.Table); len(conds) > 0 {
		r.b.WriteString(" AND ")
		r.chain(conds)
	}
	r.b.WriteString(" ORDER BY " + r.orders(q.Orders) + " " + r.d.Page(q.Flags&ast.HasLimit != 0,
		q.Flags&ast.HasOffset != 0) + ")")
	r.args = append(r.args, anys(q.Paging.Args(nil))...)
	if lateral {
		r.b.WriteString(" AS " + rows)
	}
	r.sc = named
	r.b.WriteString(" ORDER BY " + r.orders(q.Orders))
}
