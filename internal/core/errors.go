package core

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// At is an error of one of several operations or values that were given together.
type At struct {
	Index int // of the operation or value, from 0
	Err   error
}

// Error tells the number and the error.
func (e *At) Error() string { return fmt.Sprintf("prom: number %d: %s", e.Index, Bare(e.Err)) }

// Bare returns the text of an error without the name of this library, for one that has it in front already.
func Bare(err error) string {
	if err == nil {
		return "<nil>"
	}
	return strings.TrimPrefix(err.Error(), "prom: ")
}

// Unwrap returns the error of the one.
func (e *At) Unwrap() error { return e.Err }

// ErrToken is the cause of an error of a token or a cursor that cannot be used. Package prom sets it.
var ErrToken = errors.New("the token is damaged, or was made for another query")

// ErrorOf gives an error its place: the operation and the table, and the columns as far as they are known. Errors of
// the connection have theirs already.
func ErrorOf(op string, t *schema.Table, err error) error {
	var column *scan.ColumnError
	var name string
	if errors.As(err, &column) {
		name = column.Column
	}
	if completed, ok := driver.Complete(err, op, t, name); ok {
		if e := (*driver.Error)(nil); errors.As(completed, &e) {
			explainUnknownColumn(e, t)
			explainCheck(e, t)
		}
		return completed
	}
	if column != nil {
		return &driver.Error{Kind: driver.KindType, Op: op, Table: t.Name, Columns: []string{name}, Detail: column.Error(),
			Err: err}
	}
	invalid := driver.Invalid(op, t.Name, err)
	var broken scan.Violations
	if errors.As(err, &broken) {
		for _, v := range broken {
			if v.Column != "" && !slices.Contains(invalid.Columns, v.Column) {
				invalid.Columns = append(invalid.Columns, v.Column)
			}
		}
	}
	return invalid
}

// explainUnknownColumn says of NULL in a column that the model does not have which other model has it.
func explainUnknownColumn(e *driver.Error, t *schema.Table) {
	if e.Kind == driver.KindNotNull && e.Detail == "" && len(e.Columns) == 1 && e.Table == t.Name &&
		t.Column(e.Columns[0]) == nil {
		e.Detail = schema.UnknownColumn(t, e.Columns[0])
	}
}

// explainCheck says what the rules are of the column whose CHECK has refused a value, as the model has them.
func explainCheck(e *driver.Error, t *schema.Table) {
	if e.Kind != driver.KindCheck || e.Table != t.Name || len(e.Columns) != 1 || e.Detail != "" {
		return
	}
	c := t.Column(e.Columns[0])
	if c == nil || e.Constraint != t.CheckName(c) && !schema.Numbered(e.Constraint, t.CheckName(c)) {
		return
	}
	if v, ok := scan.Refused(c); ok {
		e.Detail, e.Err = v.Reason, errors.Join(e.Err, scan.Violations{v})
	}
}
