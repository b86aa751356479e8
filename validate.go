package prom

import (
	"context"
	"errors"

	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Invalid returns an error that says what is wrong with a field, for a model's method Validate: [Violations] of one. The field is the path
// of the Go field, or "" for the value as a whole. Errors of several fields are joined by errors.Join, or collected by Violations.Add.
func Invalid(field, reason string) error { return Violations{{Field: field, Reason: reason}} }

// Validate checks v without storing it, as Create would, or, for a value that was loaded or saved, as Update would: the rules of the
// fields, of those that changed in the second case, and the model's method Validate. All that is wrong is one error of kind
// [ErrValidation], whose cause is [Violations]. Other hooks are not called. It needs no database, unless the method does.
func (r *Repo[T]) Validate(ctx context.Context, v *T) error {
	w := r.take()
	defer r.give(w)
	w.stored = *v
	var err error
	if scan.IsLoaded(r.plan, v) {
		w.cols, err = r.changes(w.cols, &w.stored)
	} else {
		w.cols, err = r.fill(w.cols, &w.stored, now())
	}
	if err == nil {
		w.args, err = r.values(ctx, "validate", w.args, &w.stored, w.cols)
	}
	return err
}

// values encodes columns of v and appends them to dst, when v is valid: the rules of the columns hold, and the model's method Validate,
// if it has one, has nothing against it. All that is wrong is one error.
func (r *Repo[T]) values(ctx context.Context, op string, dst []schema.Value, v *T, cols []*schema.Column) ([]schema.Value, error) {
	return r.encoded(ctx, op, false, dst, v, cols)
}

// changed is values for the columns of a loaded value that changed.
func (r *Repo[T]) changed(ctx context.Context, op string, dst []schema.Value, v *T, cols []*schema.Column) ([]schema.Value, error) {
	return r.encoded(ctx, op, true, dst, v, cols)
}

func (r *Repo[T]) encoded(ctx context.Context, op string, changes bool, dst []schema.Value, v *T, cols []*schema.Column) ([]schema.Value, error) {
	var own error
	if r.hooks&validate != 0 {
		c := *v // v may be used again for another value, and whoever validates it may keep what it gets
		own = validate.call(ctx, &c)
	}
	var err error
	if changes {
		dst, err = scan.Changes(r.plan, dst, v, cols)
	} else {
		dst, err = scan.Values(r.plan, dst, v, cols)
	}
	if err != nil || own != nil {
		err = r.invalid(op, err, own)
	}
	return dst, err
}

// invalid makes one error of the rules that a value breaks and of what its method Validate says: Violations all of them. What the method
// returned beside these is its own, such as that of a query which failed, and stays as it is.
func (r *Repo[T]) invalid(op string, rules, own error) error {
	var all Violations
	errors.As(rules, &all)
	foreign := !gather(own, &all)
	for i := range all {
		r.locate(&all[i])
	}
	err := all.Err()
	if err != nil {
		err = errorOf(op, r.table, err)
	}
	switch {
	case !foreign:
		return err
	case err == nil:
		return own
	}
	return errors.Join(err, own)
}

// gather appends the violations in an error to a list, and reports whether there is nothing else in it. It does not look into an
// [Error], whose violations are those of another value.
func gather(err error, to *Violations) bool {
	switch e := err.(type) { //nolint:errorlint // the tree is walked
	case nil:
		return true
	case Violations:
		*to = append(*to, e...)
		return true
	case *Error:
		return false
	case interface{ Unwrap() []error }:
		only := true
		for _, part := range e.Unwrap() {
			only = gather(part, to) && only
		}
		return only
	case interface{ Unwrap() error }:
		gather(e.Unwrap(), to)
	}
	return false
}

// locate finds the column of a violation's field.
func (r *Repo[T]) locate(v *Violation) {
	for _, c := range r.table.Columns {
		if v.Column == "" && v.Field == c.Field {
			v.Column = c.Name
		}
	}
}
