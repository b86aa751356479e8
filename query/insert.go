package query

import (
	"errors"
	"slices"
	"strings"
	"sync/atomic"
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
		row[i] = squirrel.Expr(s.Dialect.ArgOf(s.of(c)), schema.Value{})
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
	k := string(shape(make([]byte, 0, 64)).int(int(s.cache.now())).columns(cols))
	if b, ok := s.bulks.Load(k); ok {
		return b.(dialect.Bulk)
	}
	formed := make([]*schema.Column, len(cols))
	for i, c := range cols {
		formed[i] = s.of(c)
	}
	b, _ := s.bulks.LoadOrStore(k, s.Dialect.Bulk(s.Table, formed, key))
	return b.(dialect.Bulk)
}

// Conflict says what an insert does when a row is there with the same values in some columns.
type Conflict struct {
	On      []*schema.Column // those of the primary key or a unique index; nil for whatever conflicts, when nothing is done then
	Live    bool             // the index leaves out rows that are marked as deleted
	Nothing bool             // do nothing; else update
	Set     []*schema.Column // which take the values that could not be inserted
	Plain   bool             // the index is over the columns themselves, also where its case is ignored by an expression
	Tell    bool             // return after the columns whether the row was inserted, where the dialect has an expression for it

	list  []assignment
	where []node
}

// Assigns adds assignments to a conflict's update, and what every update changes, and conditions on the row that is there.
func Assigns[T any](s *Statements, c *Conflict, assigns []Assign[T], conds []Cond[T], at time.Time) error {
	var err error
	if c.list, err = assignments(assigns); err != nil {
		return err
	}
	if len(assigns) > 0 {
		c.list = s.kept(c.list, at)
	}
	q := Where(Spec{}, conds)
	c.where = q.where
	return q.Err()
}

// Upsert inserts one row, or does what a conflict says, and returns all columns of what was written. Its arguments, of which args has
// the values of the columns, are appended to these.
func (s *Statements) Upsert(args []schema.Value, cols []*schema.Column, c Conflict) (*Text, []schema.Value, error) {
	c.Tell = c.Tell && !c.Nothing
	before := len(args) - len(cols)
	key := shape(make([]byte, 0, 128)).byte(kindUpsert, bit(c.Nothing)|bit(c.Live)<<1|bit(c.Tell)<<2|bit(c.Plain)<<3).columns(cols).columns(c.On).columns(c.Set)
	key, args = s.assignShape(key, args, c.list)
	for _, col := range c.Set {
		if col.Version {
			args = append(args, one(col))
		}
	}
	args = values(args, s.Dialect, c.where)
	told := s.Dialect.Features().Inserted
	if c.Tell && told != "" {
		token := schema.IntValue(schema.Int64, upserts.Add(1))
		args = append(args, token, token)
	}
	key = key.nodes(c.where)
	if text := s.cache.known(key); text != nil {
		return text, args, nil
	}
	text, err := s.newUpsert(slices.Clone(key), cols, c, told, len(args)-before)
	return text, args, err
}

// newUpsert renders an upsert of a new shape.
func (s *Statements) newUpsert(key []byte, cols []*schema.Column, c Conflict, told string, args int) (*Text, error) {
	return s.cache.get(key, func() (*Text, error) {
		r := s.renderer()
		r.sc.bare, r.st.conflict = false, true
		b := s.insertBuilder(cols, 1)
		if strings.EqualFold(s.Table.Name, "excluded") {
			r.sc.name = "target" // its own name means the row that could not be inserted
			b = b.Into(s.name + " AS target")
		}
		suffix, rest := r.part(func() { r.conflict(s, &c, c.assignments()) })
		b = b.Suffix(suffix, rest...).Suffix(s.returning())
		if c.Tell && told != "" {
			b = b.Suffix(", "+told, schema.Value{})
		}
		return r.finish(b.PlaceholderFormat(format(s.Dialect)), args)
	})
}

// upserts counts the statements that tell what they have done, so that each notes it under a number of its own.
var upserts atomic.Int64

// one is what a version is counted up by.
func one(version *schema.Column) schema.Value { return schema.IntValue(version.Kind, 1) }

// assignments are those of the row that is there.
func (c *Conflict) assignments() []assignment {
	list := slices.Clip(c.list)
	for _, col := range c.Set {
		if col.Version {
			list = append(list, assignment{col: col, kind: assignAdd, val: one(col)}) // of the row that is there
		} else {
			list = append(list, excluded(col))
		}
	}
	if len(list) == 0 && !c.Nothing {
		list = append(list, excluded(c.On[0])) // something must be assigned, or nothing would be returned
	}
	return list
}

// excluded assigns the value that could not be inserted.
func excluded(col *schema.Column) assignment {
	return assignment{col: col, kind: assignExpr, x: &expr{op: exprExcluded, like: col, col: col}}
}

var errExcluded = errors.New("Excluded is for what happens on a conflict")

// conflict writes the ON CONFLICT clause.
func (r *renderer) conflict(s *Statements, c *Conflict, list []assignment) {
	r.b.WriteString("ON CONFLICT")
	if c.On != nil {
		on := s.quoted(c.On)
		for i, col := range c.On {
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
		r.b.WriteString(s.columns[list[i].col.Ordinal] + " = ")
		if a := &list[i]; a.x != nil && a.x.op == exprExcluded {
			r.b.WriteString(r.excluded(a.x.col)) // of the column's own type and form
		} else {
			r.assigned(a)
		}
	}
	if len(c.where) > 0 {
		r.b.WriteString(" WHERE ")
		r.chain(c.where)
	}
	if !c.Tell {
		return
	}
	if len(c.where) > 0 {
		r.b.WriteString(" AND ")
	} else {
		r.b.WriteString(" WHERE ")
	}
	r.b.WriteString(r.d.Features().Conflicted)
	if r.d.Features().Inserted != "" {
		r.arg(schema.Value{})
	}
}
