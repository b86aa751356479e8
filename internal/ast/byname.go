package ast

import (
	"errors"
	"fmt"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Field is a column that was found by its name. Its values are of any type that converts to the column's without loss,
// or their text, or [Parsed]; what does not convert is an error of the node.
type Field struct{ codec *scan.Codec }

// FieldByName returns the column of that name, or an error that lists the columns.
func FieldByName(p *scan.Plan, name string) (Field, error) {
	col := p.Table.Column(name)
	if col == nil {
		columns := strings.Join(schema.ColumnNames(p.Table.Columns), ", ")
		return Field{}, fmt.Errorf("%s has no column %.70q; its columns are %s", p.Table.Model.Name(), name, columns)
	}
	return Field{codec: p.Codec(col)}, nil
}

// Codec returns the column's codec.
func (f Field) Codec() *scan.Codec { return f.codec }

// Column returns the column's schema.
func (f Field) Column() *schema.Column { return f.codec.Column() }

// Parsed is a value of a column that was read from a text.
type Parsed struct {
	val schema.Value
	col *schema.Column
}

// parsed is a [Parsed], or what embeds one.
type parsed interface {
	of(col *schema.Column) (schema.Value, error)
}

// Parse reads a value of the column from a text. Its error does not hold the text.
func (f Field) Parse(text string) (Parsed, error) {
	v, err := f.codec.Parse(text)
	return Parsed{val: v, col: f.Column()}, err
}

// Value returns the value.
func (p Parsed) Value() schema.Value { return p.val }

// of returns the value, if it was read for the column.
func (p Parsed) of(col *schema.Column) (schema.Value, error) {
	if p.col != col {
		return schema.Value{}, errors.New("the value was parsed for another column")
	}
	return p.val, nil
}

// value encodes a value of any type for the column.
func (f Field) value(x any) (schema.Value, error) {
	switch x := x.(type) {
	case string:
		return f.codec.Parse(x)
	case parsed:
		return x.of(f.Column())
	}
	return f.codec.Convert(x)
}

// Compare makes the comparison with one value; nil is NULL.
//
//go:noinline
func (f Field) Compare(o Op, x any) *Cond {
	v, err := f.value(x)
	if v.IsNull() && err == nil {
		switch o {
		case OpEq:
			return Test(new(Cond), OpNull, f.codec)
		case OpNe:
			return Test(new(Cond), OpNotNull, f.codec)
		}
		err = errNullOrder
	}
	if err == nil {
		err = f.comparable()
	}
	return &Cond{Op: o, Col: f.Column(), Val: v, Err: err}
}

// In makes an OpIn or OpNotIn.
//
//go:noinline
func (f Field) In(o Op, xs []any) *Cond {
	col := f.Column()
	val, err := schema.NewList(col.Kind, len(xs), func(i int) (schema.Value, error) {
		v, err := f.value(xs[i])
		if err == nil && v.IsNull() {
			err = errors.New("a list cannot hold NULL; use Eq(nil)")
		}
		return v, err
	})
	if notComparable := f.comparable(); notComparable != nil {
		err = notComparable
	}
	return &Cond{Op: o, Col: col, Val: val, Err: err}
}

// InRange makes the condition that the column is from low to high.
func (f Field) InRange(low, high any) *Cond { return Both(f.Compare(OpGe, low), f.Compare(OpLe, high)) }

// Test makes an OpNull or OpNotNull.
func (f Field) Test(o Op) *Cond { return Test(new(Cond), o, f.codec) }

// comparable returns an error for a column whose values cannot be compared with one another.
func (f Field) comparable() error {
	switch col := f.Column(); {
	case col.Kind == schema.JSON:
		return fmt.Errorf("the column %q holds JSON, which cannot be compared", col.Name)
	case col.Kind.IsList():
		return fmt.Errorf("the column %q holds lists, which cannot be compared by name", col.Name)
	}
	return nil
}

// Matches makes the condition that the column, a text, matches another.
//
//go:noinline
func (f Field) Matches(m dialect.Match, s string, fold, not bool) *Cond {
	n := Matches(new(Cond), f.codec, m, s, fold, not)
	if f.Column().Kind != schema.Text && n.Err == nil {
		n.Err = fmt.Errorf("the column %q is not a text", f.Column().Name)
	}
	return n
}

// Assign makes an assignment of a value; nil is NULL.
//
//go:noinline
func (f Field) Assign(x any) *Assign {
	v, err := f.value(x)
	if err == nil {
		err = f.codec.Check(v)
	}
	return &Assign{Col: f.Column(), Kind: AssignSet, Val: v, Err: err}
}

// OrderBy makes the order by the column.
//
//go:noinline
func (f Field) OrderBy(desc bool) *Order {
	o := OrderBy(new(Order), f.codec, dialect.NoPart, desc)
	if o.Col.Kind == schema.JSON || o.Col.Kind.IsList() {
		o.Err = fmt.Errorf("the column %q holds JSON or lists, which have no order", o.Col.Name)
	}
	return o
}

// partNames are the parts of times by their names in texts.
var partNames = map[string]dialect.DatePart{
	"year": dialect.Year, "quarter": dialect.Quarter, "month": dialect.Month, "week": dialect.Week, "day": dialect.Day,
	"dayofweek": dialect.DayOfWeek, "dayofyear": dialect.DayOfYear,
	"hour": dialect.Hour, "minute": dialect.Minute, "second": dialect.Second, "isoyear": dialect.ISOYear,
}

// Part returns a part of the column, a time or a day, by its name.
func (f Field) Part(name string) (dialect.DatePart, error) {
	part, ok := partNames[name]
	switch kind := f.Column().Kind; {
	case kind != schema.Time && kind != schema.Date:
		return dialect.NoPart, fmt.Errorf("the column %q is neither a time nor a day, so it has no parts", f.Column().Name)
	case !ok, kind == schema.Date && part >= dialect.Hour && part <= dialect.Second:
		return dialect.NoPart, fmt.Errorf("the column %q has no part of that name", f.Column().Name)
	}
	return part, nil
}

// ComparePart makes the comparison of a part.
func (f Field) ComparePart(o Op, part dialect.DatePart, v int) *Cond {
	return ComparePart(new(Cond), o, f.codec, part, v)
}

// PartIn makes an OpIn or OpNotIn of a part.
func (f Field) PartIn(o Op, part dialect.DatePart, vs []int) *Cond {
	return PartIn(new(Cond), o, f.codec, part, vs)
}

// PartInRange makes the condition that a part is from low to high.
func (f Field) PartInRange(part dialect.DatePart, low, high int) *Cond {
	return PartInRange(new(Cond), f.codec, part, low, high)
}
