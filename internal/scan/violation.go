package scan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prom-go/prom/internal/twin"
	"github.com/prom-go/prom/schema"
)

// Violation is one rule that a value breaks. It never holds the value. Rule and Limits are what an application needs to
// say it in words, and in a language, of its own.
type Violation struct {
	Field  string // the Go field's path; "" when it is the value as a whole
	Column string // "" when the field has none
	Rule   string // required, type, min, max, nonempty, choices, regex or check; "" for a rule of the model's own
	Reason string // what is wrong, for people
	Limits Limits // what the field's rules allow, of all of them and not of the broken one alone
}

// Limits are what the rules of a field allow. The zero value allows everything.
type Limits struct {
	Min, Max any      // an int64, a float64 of a field with a float, or nil for no limit; both are allowed themselves
	Unit     string   // what Min and Max count: characters, bytes, or "" for the number itself
	Choices  []string // the texts of the allowed values; nil for all
	Pattern  string   // the regular expression that the text must match; "" for none

	Precision, Scale int // of a decimal: the digits, and those behind the point; 0 for another type
}

// limitsOf returns the limits of a column's rules. The caller may keep and change them.
func limitsOf(c *schema.Column) Limits {
	r := &c.Rules
	l := Limits{Min: limit(c, r.Min), Max: limit(c, r.Max), Choices: slices.Clone(r.Choices), Pattern: r.Pattern}
	switch c.Kind {
	case schema.Text:
		l.Unit = "characters"
	case schema.Bytes:
		l.Unit = "bytes"
	}
	if l.Min == nil && l.Max == nil {
		l.Unit = ""
	}
	if c.Kind.Elem() == schema.Decimal {
		l.Precision, l.Scale = c.Precision, c.Scale
	}
	return l
}

func limit(c *schema.Column, b *schema.Bound) any {
	switch {
	case b == nil:
		return nil
	case c.Kind == schema.Float32 || c.Kind == schema.Float64:
		return b.Float
	}
	return b.Int
}

// Refused returns the violation of a column whose CHECK has refused a value, and false for a column without one. The
// database does not tell which of two limits it was.
func Refused(c *schema.Column) (Violation, bool) {
	v := Violation{Field: c.Field, Column: c.Name, Rule: "check", Limits: limitsOf(c)}
	low, high := c.Bounds()
	v.Limits.Min, v.Limits.Max = limit(c, low), limit(c, high)
	switch {
	case low == nil && high == nil:
		return Violation{}, false
	case high == nil:
		v.Rule, v.Reason = "min", v.Limits.least()
	case low == nil:
		v.Rule, v.Reason = "max", v.Limits.greatest()
	default:
		v.Reason = v.Limits.least() + ", and at most " + v.Limits.text(v.Limits.Max)
	}
	return v, true
}

func (l *Limits) least() string    { return "it must be at least " + l.text(l.Min) }
func (l *Limits) greatest() string { return "it must be at most " + l.text(l.Max) }

func (l *Limits) text(bound any) string {
	text := fmt.Sprint(bound)
	switch {
	case l.Unit == "":
		return text
	case bound == int64(1):
		return text + " " + strings.TrimSuffix(l.Unit, "s")
	}
	return text + " " + l.Unit
}

// Violations are all the rules that a value breaks. They are found before any SQL runs.
type Violations []Violation

// ViolationsOf returns an error as violations when it is some itself, of this package or of package prom.
func ViolationsOf(err error) (vs Violations, ok bool) {
	switch e := err.(type) { //nolint:errorlint // what it wraps is the caller's
	case Violations:
		return e, true
	case interface{ As(target any) bool }:
		ok = e.As(&vs)
	}
	return vs, ok
}

// As finds the violations as what users know them as.
func (vs Violations) As(target any) bool { return twin.As(vs, target) }

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

// TooSmall is the violation of a number that is no field's and is less than it may be.
func TooSmall(name string, least int64) Violation {
	v := Violation{Field: name, Rule: "min", Limits: Limits{Min: least}}
	v.Reason = v.Limits.least()
	return v
}

func (c *Codec) violation(rule, reason string) Violation {
	return Violation{Field: c.column.Field, Column: c.column.Name, Rule: rule, Reason: reason, Limits: limitsOf(c.column)}
}
