package prom

import (
	"unsafe"

	"github.com/prom-go/prom/internal/scan"
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

// Limits are what the rules of a field allow, as data. The zero value allows everything.
type Limits struct {
	Min, Max any      // an int64, a float64 of a field with a float, or nil for no limit; both are allowed themselves
	Unit     string   // what Min and Max count: characters, bytes, or "" for the number itself
	Choices  []string // the texts of the allowed values; nil for all
	Pattern  string   // the regular expression that the text must match; "" for none

	Precision, Scale int // of a decimal: the digits, and those behind the point; 0 for another type
}

// Violations are all the rules that a value breaks. They are found before any SQL runs, and are the cause of errors of
// kind [ErrValidation]; get them by errors.As. A model's method Validate collects its own by Add, and returns what Err
// returns.
type Violations []Violation

// Add adds a rule of the model's own. The field is the path of the Go field, as in "End", or "" for the value as a
// whole; the reason is for people, and should not hold the value.
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
func (vs Violations) Error() string { return vs.in().Error() }

// As gives the library's own packages the violations as theirs. It is for errors.As.
func (vs Violations) As(target any) bool {
	t, ok := target.(*scan.Violations)
	if ok {
		*t = vs.in()
	}
	return ok
}

func (vs Violations) in() scan.Violations { return *(*scan.Violations)(unsafe.Pointer(&vs)) }
