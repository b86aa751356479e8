package scan

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/prom-go/prom/schema"
)

// check appends the rules of the column that v breaks. That it would be read back is one of them.
func (c *Codec) check(broken Violations, v schema.Value) Violations {
	n := len(broken)
	if broken = c.checkRules(broken, v); len(broken) == n {
		if err := c.Readable(v); err != nil {
			broken = append(broken, c.violation("type", err.Error()))
		}
	}
	return broken
}

// Readable returns an error for a value that was encoded and that the field could not be read from, which is up to
// methods and functions that are not the library's.
func (c *Codec) Readable(v schema.Value) error {
	if !c.base.unsure || v.IsNull() && c.null != notNull {
		return nil
	}
	return c.readBack(v)
}

func (c *Codec) readBack(v schema.Value) error {
	if err := c.base.decode(valueRow{v}, 0, reflect.New(c.typ).UnsafePointer()); err != nil {
		return fmt.Errorf("the value could not be read back: %w", err)
	}
	return nil
}

// Restored returns a value that other code has encoded as the column stores it, or an error when it would not hold
// that exactly or the field could not be read from it.
func (c *Codec) Restored(v schema.Value) (schema.Value, error) {
	if v.IsNull() {
		return v, nil
	}
	var err error
	switch {
	case v.IsList() && v.Kind() == schema.Decimal:
		v, err = restoredDecimals(c.column.Elem(), v)
	case v.Kind() == schema.Decimal:
		v, err = encodeDecimal(c.column, v.Text())
	case v.Kind() == schema.JSON:
		var s string
		s, _, err = storedJSON(v.Text())
		v = schema.TextValue(schema.JSON, s)
	}
	if err == nil {
		err = c.readBack(v)
	}
	return v, err
}

// restoredDecimals is Restored for a list, whose elements may be NULL or lists.
func restoredDecimals(elem *schema.Column, list schema.Value) (schema.Value, error) {
	return schema.NewList(schema.Decimal, list.Len(), func(i int) (schema.Value, error) {
		switch v := list.At(i); {
		case v.IsList():
			return restoredDecimals(elem, v)
		case v.IsNull():
			return v, nil
		default:
			return encodeDecimal(elem, v.Text())
		}
	})
}

// FitsPath returns an error for a document that holds a value at a path, and nothing beside it, and that the column's
// documents could not be read with.
func (c *Codec) FitsPath(doc string) error {
	if _, _, err := checkJSON(doc); err != nil {
		return err
	}
	if c.base.json == nil || c.base.unsure {
		return nil // what methods make of a part of a document is not known
	}
	return c.readBack(schema.TextValue(schema.JSON, doc))
}

func (c *Codec) checkRules(broken Violations, v schema.Value) Violations {
	col, r := c.column, &c.column.Rules
	switch {
	case v.IsNull() && !col.Null:
		return append(broken, c.violation("required", "a value is required"))
	case v.IsNull():
		return broken
	case v.IsZero() && col.References != nil:
		return append(broken, c.violation("required",
			"a value is required: the reference refers to no row, or to a row that was not saved"))
	case v.IsZero() && (col.Kind == schema.UUID || col.Key && col.Kind == schema.Text):
		// The zero of these means that nothing was set, not that zero is the value.
		return append(broken, c.violation("required", "a value is required"))
	}
	if r.NonEmpty && empty(v) {
		broken = append(broken, c.violation("nonempty", "it must not be empty"))
	}
	if r.Min != nil || r.Max != nil {
		broken = c.checkBounds(broken, v)
	}
	if r.Choices != nil && !chosen(r.Choices, v) {
		broken = append(broken, c.violation("choices", "it must be one of the listed values: "+strings.Join(r.Choices, ", ")))
	}
	if c.pattern != nil && !c.pattern.MatchString(v.Text()) {
		broken = append(broken, c.violation("regex", "it must match "+r.Pattern))
	}
	return broken
}

func empty(v schema.Value) bool {
	if v.IsList() {
		return v.Len() == 0
	}
	if v.Kind() == schema.JSON {
		switch v.Text() {
		case "null", "[]", "{}", `""`:
			return true
		}
		return false
	}
	return v.IsZero()
}

// chosen reports whether a value, or each element of a list, is one of the choices.
func chosen(choices []string, v schema.Value) bool {
	if !v.IsList() {
		return slices.Contains(choices, choiceText(v))
	}
	for i := range v.Len() {
		if e := v.At(i); !e.IsNull() && !chosen(choices, e) {
			return false
		}
	}
	return true
}

func choiceText(v schema.Value) string {
	switch {
	case v.Kind() == schema.Uint64:
		return strconv.FormatUint(v.Uint(), 10)
	case v.Kind().Integer():
		return strconv.FormatInt(v.Int(), 10)
	}
	return v.Text()
}

func (c *Codec) checkBounds(broken Violations, v schema.Value) Violations {
	low, high := c.column.Rules.Min, c.column.Rules.Max
	var less, more bool
	switch v.Kind() {
	case schema.Float32, schema.Float64:
		f := v.Float()
		less, more = low != nil && f < low.Float, high != nil && f > high.Float
	case schema.Uint64: // limits of tags have 63 bits
		u := v.Uint()
		less, more = low != nil && low.Int > 0 && u < uint64(low.Int), high != nil && (high.Int < 0 || u > uint64(high.Int))
	default:
		n := size(v)
		less, more = low != nil && n < low.Int, high != nil && n > high.Int
	}
	if !less && !more {
		return broken
	}
	return append(broken, c.outOfBounds(more))
}

// outOfBounds is the violation of a value that is too small, or too large.
func (c *Codec) outOfBounds(more bool) Violation {
	bad := c.violation("min", "")
	if bad.Reason = bad.Limits.least(); more {
		bad.Rule, bad.Reason = "max", bad.Limits.greatest()
	}
	return bad
}

// CheckSize returns the violations of bytes meant for a column, of which the number is known and no more.
func (c *Codec) CheckSize(n int64) error {
	var broken Violations
	r := &c.column.Rules
	if r.NonEmpty && n == 0 {
		broken = append(broken, c.violation("nonempty", "it must not be empty"))
	}
	if less, more := r.Min != nil && n < r.Min.Int, r.Max != nil && n > r.Max.Int; less || more {
		broken = append(broken, c.outOfBounds(more))
	}
	return broken.Err()
}

// size is what the limits of an integer, a text or bytes count.
func size(v schema.Value) int64 {
	switch v.Kind() {
	case schema.Text:
		return int64(utf8.RuneCountInString(v.Text()))
	case schema.Bytes:
		return int64(len(v.Bytes()))
	}
	return v.Int()
}

// CheckStored checks values of columns that were not encoded from fields: each must be as the column stores it, and the
// rules hold. It returns them in the form of the column. The error is a [Violations] of every rule that is broken.
func (p *Plan) CheckStored(cols []*schema.Column, values []schema.Value) error {
	var broken Violations
	for i, col := range cols {
		c := p.codecs[col.Ordinal]
		v, err := c.Restored(values[i])
		if err != nil {
			broken = append(broken, c.violation("type", err.Error()))
			continue
		}
		values[i] = v
		broken = c.check(broken, v)
	}
	if broken != nil {
		return broken
	}
	return nil
}
