package render

import (
	"github.com/Masterminds/squirrel"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// DeleteKey deletes the row in which columns have certain values, its key among them, soft-deleted or not. Its
// arguments are the values.
func (s *Statements) DeleteKey(by []*schema.Column) (string, error) {
	k := ast.Shape(make([]byte, 0, 64)).Byte(kindDeleteKey).Columns(by)
	return s.cache.sql(k, func() (string, error) {
		b := squirrel.Delete(s.from).Where(s.renderer().clause(ast.Spec{}.KeyIs(by, make([]schema.Value, len(by))).Conds))
		return finish(b.PlaceholderFormat(format(s.Dialect)), len(by))
	})
}

// Delete deletes the rows of a query for good. The rest is as with Update.
func (s *Statements) Delete(args []schema.Value, q ast.Spec, returning Returning) (*Text, []schema.Value, error) {
	if err := q.Writable("delete"); err != nil {
		return nil, nil, err
	}
	before := len(args)
	args = ast.CondValues(args, s.Dialect, q.Conds)
	key := ast.Shape(make([]byte, 0, 128)).Byte(kindDelete, byte(returning), byte(q.Rows)).Conds(q.Conds)
	text, err := s.cache.get(key, func() (*Text, error) {
		r := s.renderer()
		b := squirrel.Delete(s.from)
		if where := q.CondsOn(s.Table); len(where) > 0 {
			b = b.Where(r.clause(where))
		}
		if clause := s.returns(returning); clause != "" {
			b = b.Suffix(clause)
		}
		return r.finish(b.PlaceholderFormat(format(s.Dialect)), len(args)-before)
	})
	return text, args, err
}

// andLive returns what limits a join to rows of the table that are not soft-deleted. Rows are called by a quoted
// name.
func (r *renderer) andLive(t *schema.Table, name string) string {
	if t.Deleted == nil {
		return ""
	}
	return " AND " + name + "." + r.d.Quote(t.Deleted.Name) + " IS NULL"
}
