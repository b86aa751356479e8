package prom

import (
	"unsafe"

	"github.com/prom-go/prom/internal/scan"
)

// Violation is one rule that a value breaks. It never holds the value. With Rule and Limits, an application can write
// its own message, in any language.
type Violation struct {
	Field  string // the path of the Go field; "" for the value as a whole
	Column string // the name of the column; "" if the field has none
	Rule   string // required, type, min, max, nonempty, choices, regex or check; "" for a rule of the method Validate
	Reason string // what is wrong, for people
	Limits Limits // the limits of all rules of the field, not only of the broken rule
}

// Limits are the limits of the rules of a field, as data. The zero value has no limits.
type Limits struct {
	Min, Max any      // an int64, a float64 for a field with a float, or nil for no limit; both are inclusive
	Unit     string   // the unit of Min and Max: characters, bytes, or "" for the number itself
	Choices  []string // the texts of the allowed values; nil if all are allowed
	Pattern  string   // the regular expression that the text must match; "" for none

	Precision, Scale int // the precision and scale of a decimal; 0 for other types
}

// Violations are all rules that a value breaks. prom checks them before any SQL runs. They are the cause of errors of
// kind [ErrValidation]; errors.As finds them. A model's method Validate can collect its own with Add, and return the
// result of Err.
type Violations []Violation

// Add adds a violation of a rule of the model. The field is the path of the Go field, such as "End", or "" for the
// value as a whole. The reason is a text for people; it should not contain the value.
func (vs *Violations) Add(field, reason string) {
	*vs = append(*vs, Violation{Field: field, Reason: reason})
}

// Err returns vs as an error, or nil if there are no violations.
func (vs Violations) Err() error {
	if len(vs) == 0 {
		return nil
	}
	return vs
}

// Error returns a text with all violations.
func (vs Violations) Error() string { return vs.in().Error() }

// As implements errors.As for the internal packages of prom: it converts vs to their type.
func (vs Violations) As(target any) bool {
	t, ok := target.(*scan.Violations)
	if ok {
		*t = vs.in()
	}
	return ok
}

func (vs Violations) in() scan.Violations { return *(*scan.Violations)(unsafe.Pointer(&vs)) }
