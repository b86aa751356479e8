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

// Violation is one rule that a value breaks. It never holds the value.
type Violation struct {
	Field  string // the Go field's path; "" when it is the value as a whole
	Column string // "" when the field has none
	Rule   string // required, type, min, max, nonempty, choices or regex; "" for a rule of the model's own
	Reason string // what is wrong, for people
}

// Violations are all the rules that a value breaks. They are found before any SQL runs. A model's method Validate collects its own
// by Add, and returns what Err returns.
type Violations []Violation

// Add adds a rule of the model's own. The field is the path of the Go field, as in "End", or "" for the value as a whole; the reason is for
// people, and should not hold the value.
func (vs *Violations) Add(field, reason string) {
	*vs = append(*vs, Violation{Field: field, Reason: reason})
}

// Err returns vs as an error, and nil when there are none.
func (vs Violations) Err() error {
	if len(vs) == 0 {
		return nil
	}
	return vs
}

// Error lists every violation.
func (vs Violations) Error() string {
	lines := make([]string, len(vs))
	for i, v := range vs {
		if lines[i] = v.Reason; v.Field != "" {
			lines[i] = v.Field + ": " + v.Reason
		}
	}
	return strings.Join(lines, "; ")
}

func (c *Codec) violation(rule, reason string) Violation {
	return Violation{Field: c.column.Field, Column: c.column.Name, Rule: rule, Reason: reason}
}

// check returns the first rule of the column that v breaks, or false. That it would be read back is one of them.
func (c *Codec) check(v schema.Value) (Violation, bool) {
	violation, bad := c.checkRules(v)
	if !bad {
		if err := c.Readable(v); err != nil {
			return c.violation("type", err.Error()), true
		}
	}
	return violation, bad
}

// Readable returns an error for a value that was encoded and that the field could not be read from, which is up to methods and functions
// that are not the library's.
func (c *Codec) Readable(v schema.Value) error {
	if !c.base.unsure || v.IsNull() && c.null != notNull {
		return nil
	}
	return c.readBack(v)
}

func (c *Codec) readBack(v schema.Value) error {
	if err := c.base.decode(valueRow{v}, 0, reflect.New(c.typ).UnsafePointer()); err != nil {
		return fmt.Errorf("it could not be read back: %w", err)
	}
	return nil
}

// Restored returns a value that somebody else has encoded as the column stores it, or an error when it would not hold that exactly or the field
// could not be read from it.
func (c *Codec) Restored(v schema.Value) (schema.Value, error) {
	if v.IsNull() {
		return v, nil
	}
	var err error
	switch {
	case v.IsList() && v.Kind() == schema.Decimal:
		elem, list := c.column.Elem(), v
		v, err = schema.NewList(elem.Kind, list.Len(), func(i int) (schema.Value, error) { return encodeDecimal(elem, list.At(i).Text()) })
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

// FitsPath returns an error for a document that holds a value at a path, and nothing beside it, and that the column's documents could not be
// read with.
func (c *Codec) FitsPath(doc string) error {
	if _, _, err := checkJSON(doc); err != nil {
		return err
	}
	if c.base.json == nil || c.base.unsure {
		return nil // what methods make of a part of a document is not known
	}
	return c.readBack(schema.TextValue(schema.JSON, doc))
}

func (c *Codec) checkRules(v schema.Value) (Violation, bool) {
	col, r := c.column, &c.column.Rules
	switch {
	case v.IsNull() && !col.Null:
		return c.violation("required", "a value is required"), true
	case v.IsNull():
		return Violation{}, false
	case v.IsZero() && col.References != nil:
		return c.violation("required", "the reference leads to no row; save the row before it is referred to"), true
	case v.IsZero() && (col.Kind == schema.UUID || col.Key && col.Kind == schema.Text):
		// The zero of these means that nothing was set, not that zero is the value.
		return c.violation("required", "a value is required"), true
	case r.NonEmpty && empty(v):
		return c.violation("nonempty", "it must not be empty"), true
	}
	if r.Min != nil || r.Max != nil {
		if v, bad := c.checkBounds(v); bad {
			return v, true
		}
	}
	if r.Choices != nil && !chosen(r.Choices, v) {
		return c.violation("choices", "it must be one of the listed values: "+strings.Join(r.Choices, ", ")), true
	}
	if c.pattern != nil && !c.pattern.MatchString(v.Text()) {
		return c.violation("regex", "it must match "+r.Pattern), true
	}
	return Violation{}, false
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
		if !slices.Contains(choices, choiceText(v.At(i))) {
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

func (c *Codec) checkBounds(v schema.Value) (Violation, bool) {
	low, high := c.column.Rules.Min, c.column.Rules.Max
	var unit string
	var n int64
	switch v.Kind() {
	case schema.Float32, schema.Float64:
		f := v.Float()
		if low != nil && f < low.Float {
			return c.violation("min", fmt.Sprintf("it must be at least %g", low.Float)), true
		}
		if high != nil && f > high.Float {
			return c.violation("max", fmt.Sprintf("it must be at most %g", high.Float)), true
		}
		return Violation{}, false
	case schema.Uint64:
		u := v.Uint()
		if u > 1<<63-1 {
			u = 1<<63 - 1 // greater than any limit that a tag can set, and an equal one is not broken
			if high != nil && high.Int == 1<<63-1 {
				return c.violation("max", fmt.Sprintf("it must be at most %d", high.Int)), true
			}
		}
		n = int64(u)
	case schema.Text:
		n, unit = int64(utf8.RuneCountInString(v.Text())), " characters"
	case schema.Bytes:
		n, unit = int64(len(v.Bytes())), " bytes"
	default:
		n = v.Int()
	}
	if low != nil && n < low.Int {
		return c.violation("min", fmt.Sprintf("it must be at least %d%s", low.Int, unit)), true
	}
	if high != nil && n > high.Int {
		return c.violation("max", fmt.Sprintf("it must be at most %d%s", high.Int, unit)), true
	}
	return Violation{}, false
}
