package render

import (
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/Masterminds/squirrel"

	"github.com/prom-go/prom/internal/ast"
	"github.com/prom-go/prom/schema"
)

// Conflict says what an insert does when a row is there with the same values in some columns.
type Conflict struct {
	// those of the primary key or a unique index; nil for whatever conflicts, when nothing is done then
	On      []*schema.Column
	Live    bool             // the index leaves out soft-deleted rows
	Nothing bool             // do nothing; else update
	Set     []*schema.Column // which take the values that could not be inserted
	Plain   bool             // the index is over the columns themselves, also where its case is ignored by an expression
	// return after the columns whether the row was inserted, where the dialect has an expression for it
	Tell bool

	list  []ast.Assign
	where []ast.Cond
}

// Assign adds assignments to the update of a conflict in a table, and what every update changes, and conditions on the
// row that is there.
func (c *Conflict) Assign(t *schema.Table, assigns []*ast.Assign, conds []*ast.Cond, at time.Time) error {
	if len(assigns) > 0 {
		list, err := assignments(make([]ast.Assign, 0, mostAssigned), assigns)
		if err != nil {
			return err
		}
		c.list = kept(t, list, at)
	}
	q := ast.Spec{}.Where(conds)
	c.where = q.Conds
	return q.Err()
}

// assignments are those of the row that is there.
func (c *Conflict) assignments() []ast.Assign {
	list := slices.Clip(c.list)
	for _, col := range c.Set {
		if col.Version {
			list = append(list, ast.Assign{Col: col, Kind: ast.AssignAdd, Val: versionStep(col)}) // of the row that is there
		} else {
			list = append(list, excluded(col))
		}
	}
	if len(list) == 0 && !c.Nothing {
		// something must be assigned, or nothing would be returned
		i := max(0, slices.IndexFunc(c.On, func(col *schema.Column) bool { return !col.ReadOnly }))
		list = append(list, excluded(c.On[i]))
	}
	return list
}

// excluded assigns the value that could not be inserted.
func excluded(col *schema.Column) ast.Assign {
	return ast.Assign{Col: col, Kind: ast.AssignExpr, Expr: &ast.Expr{Op: ast.ExprExcluded, Like: col, Col: col}}
}

// Upsert inserts one row, or does what a conflict says, and returns all columns of what was written. Its arguments, of
// which args has the values of the columns, are appended to these.
func (s *Statements) Upsert(args []schema.Value, cols []*schema.Column, c Conflict) (*Text, []schema.Value, error) {
	c.Tell = c.Tell && !c.Nothing
	before := len(args) - len(cols)
	key := takeKey()
	defer key.give()
	key.shape = key.shape.Byte(kindUpsert,
		ast.Bit(c.Nothing)|ast.Bit(c.Live)<<1|ast.Bit(c.Tell)<<2|ast.Bit(c.Plain)<<3).Columns(cols).Columns(c.On).Columns(c.Set)
	key.shape, args = s.assignShape(key.shape, args, c.list)
	for _, col := range c.Set {
		if col.Version {
			args = append(args, versionStep(col))
		}
	}
	args = ast.CondValues(args, s.Dialect, c.where)
	told := s.Dialect.Features().Inserted
	if c.Tell && told != "" {
		token := schema.IntValue(schema.Int64, upserts.Add(1))
		args = append(args, token, token)
	}
	key.shape = key.shape.Conds(c.where)
	if text := s.cache.known(key.shape); text != nil {
		return text, args, nil
	}
	text, err := s.newUpsert(slices.Clone(key.shape), cols, c, 1, told, len(args)-before)
	return text, args, err
}

// UpsertMany is Upsert for several rows, of which each tells whether it was inserted. The arguments begin with the
// values of the rows, and nothing else is before them. For no number of rows they are a list for each column; see
// [Statements.Lists].
func (s *Statements) UpsertMany(args []schema.Value, cols []*schema.Column, c Conflict, rows int) (*Text,
	[]schema.Value, error) {
	c.Tell = c.Tell && !c.Nothing
	key := ast.Shape(make([]byte, 0, 128)).Byte(kindUpsertMany,
		ast.Bit(c.Nothing)|ast.Bit(c.Live)<<1|ast.Bit(c.Tell)<<2|ast.Bit(c.Plain)<<3).
		Columns(cols).Columns(c.On).Columns(c.Set).Int(rows)
	key, args = s.assignShape(key, args, c.list)
	for _, col := range c.Set {
		if col.Version {
			args = append(args, versionStep(col))
		}
	}
	if c.Tell && s.Dialect.Features().Inserted != "" {
		token := schema.IntValue(schema.Int64, upserts.Add(1))
		args = append(args, token, token)
	}
	if text := s.cache.known(key); text != nil {
		return text, args, nil
	}
	text, err := s.newUpsert(key, cols, c, rows, s.Dialect.Features().InsertedEach, len(args))
	return text, args, err
}

// newUpsert renders an upsert of a new shape. The lists of columns are the caller's to use again, and a text with
// unknown tables keeps them, by which others make it anew.
func (s *Statements) newUpsert(key []byte, cols []*schema.Column, c Conflict, rows int, told string, args int) (*Text,
	error) {
	cols, c.On, c.Set, c.list = slices.Clone(cols), slices.Clone(c.On), slices.Clone(c.Set), slices.Clone(c.list)
	return s.cache.get(key, func() (*Text, error) {
		r := s.renderer()
		r.sc.bare, r.st.conflict = false, true
		b := s.insertBuilder(cols, rows)
		if rows == 0 {
			b = b.Select(s.unnested(cols))
		}
		if strings.EqualFold(s.Table.Local(), "excluded") {
			r.sc.name = "target" // its own name means the row that could not be inserted
			b = b.Into(s.from + " AS target")
		}
		suffix, rest := r.part(func() { r.conflict(s, &c, c.assignments()) })
		b = b.Suffix(suffix, rest...).Suffix(s.returning())
		switch {
		case !c.Tell || told == "":
		case s.Dialect.Features().Inserted != "":
			b = b.Suffix(", "+told, schema.Value{})
		default:
			b = b.Suffix(", " + told)
		}
		text, err := r.finish(b.PlaceholderFormat(format(s.Dialect)), args)
		if err == nil && slices.ContainsFunc(cols, func(col *schema.Column) bool { return col.Auto && col.Kind.Integer() }) {
			text.SQL = s.over(text.SQL, cols) // the row of a key that is given is wanted
		}
		return text, err
	})
}

// Lists reports whether rows of columns can be the arguments of a statement as a list for each column.
func (s *Statements) Lists(cols []*schema.Column) bool { return s.Bulk(cols, nil).Unnested != "" }

// unnested is the query of rows that are given as lists.
func (s *Statements) unnested(cols []*schema.Column) squirrel.SelectBuilder {
	args := make([]any, len(cols))
	for i := range args {
		args[i] = schema.Value{}
	}
	query := strings.TrimPrefix(s.Bulk(cols, nil).Unnested, "SELECT ")
	return squirrel.Select().Column(squirrel.Expr(query, args...))
}

// upserts counts the statements that tell what they have done, so that each notes it under a number of its own.
var upserts atomic.Int64

// target returns the columns that ON CONFLICT names, and those which have to be the same in the row that is there. Where
// the generated column of a key is one by itself, no index over it and others can be named.
func (c *Conflict) target(keyAlone bool) (named, same []*schema.Column) {
	i := slices.IndexFunc(c.On, func(col *schema.Column) bool { return col.Auto && col.Kind.Integer() })
	if !keyAlone || i < 0 || len(c.On) == 1 {
		return c.On, nil
	}
	return c.On[i : i+1], slices.Delete(slices.Clone(c.On), i, i+1)
}

// conflict writes the ON CONFLICT clause.
func (r *renderer) conflict(s *Statements, c *Conflict, list []ast.Assign) {
	r.b.WriteString("ON CONFLICT")
	target, same := c.target(r.d.Features().KeyAlone)
	if target != nil {
		on := s.quoted(target)
		for i, col := range target {
			if !c.Plain {
				on[i] = r.folded(col, on[i])
			}
		}
		r.b.WriteString(" (" + strings.Join(on, ", ") + ")")
		if c.Live {
			r.b.WriteString(" WHERE " + r.d.Quote(s.Table.Deleted.Name) + " IS NULL")
		}
	}
	if c.Nothing {
		r.b.WriteString(" DO NOTHING")
		return
	}
	r.b.WriteString(" DO UPDATE SET ")
	for i := range list {
		if i > 0 {
			r.b.WriteString(", ")
		}
		r.b.WriteString(s.columns[list[i].Col.Ordinal] + " = ")
		if a := &list[i]; a.Expr != nil && a.Expr.Op == ast.ExprExcluded {
			r.b.WriteString(r.excluded(a.Expr.Col)) // of the column's own type and form
		} else {
			r.assigned(a)
		}
	}
	and := " WHERE "
	for _, col := range same {
		r.b.WriteString(and + s.columns[col.Ordinal] + " = " + r.excluded(col))
		and = " AND "
	}
	if len(c.where) > 0 {
		r.b.WriteString(and)
		r.chain(c.where)
		and = " AND "
	}
	if !c.Tell {
		return
	}
	r.b.WriteString(and)
	r.b.WriteString(r.d.Features().Conflicted)
	if r.d.Features().Inserted != "" {
		r.arg(schema.Value{})
	}
}

var errExcluded = errors.New("prom.Excluded works only in the assignments and conditions of OnConflict")
