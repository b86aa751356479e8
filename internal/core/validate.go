package core

import (
	"context"
	"errors"
	"unsafe"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/schema"
)

// Validate does what Repo.Validate of package prom says.
func (r *Repo) Validate(ctx context.Context, v unsafe.Pointer) error {
	if err := r.given("validate", v); err != nil {
		return err
	}
	w := r.take()
	defer r.give(w)
	w.store(r, v)
	var err error
	if r.plan.IsLoaded(v) {
		w.cols, err = r.changes(w.cols, w.stored)
	} else {
		w.cols, err = r.fill(w.cols, w.stored, now())
	}
	if err == nil {
		w.args, err = r.values(ctx, "validate", w.args, w.stored, w.cols)
	}
	return err
}

// values encodes columns of v and appends them to dst, when v is valid: the rules of the columns hold, and the model's
// method Validate, if it has one, has nothing against it. All that is wrong is one error.
func (r *Repo) values(ctx context.Context, op string, dst []schema.Value, v unsafe.Pointer,
	cols []*schema.Column) ([]schema.Value, error) {
	return r.encoded(ctx, op, false, dst, v, cols)
}

// changed is values for the columns of a loaded value that changed.
func (r *Repo) changed(
	ctx context.Context, op string, dst []schema.Value, v unsafe.Pointer, cols []*schema.Column,
) ([]schema.Value, error) {
	return r.encoded(ctx, op, true, dst, v, cols)
}

func (r *Repo) encoded(
	ctx context.Context, op string, changes bool, dst []schema.Value, v unsafe.Pointer, cols []*schema.Column,
) ([]schema.Value, error) {
	var own error
	if r.hooks&validate != 0 {
		c := r.memory.New() // v may be used again for another value, and whoever validates it may keep what it gets
		r.memory.Copy(c, v)
		own = validate.call(ctx, r.memory.Pointer(c))
	}
	var err error
	if changes {
		dst, err = r.plan.Changes(dst, v, cols)
	} else {
		dst, err = r.plan.Values(dst, v, cols)
	}
	if err != nil || own != nil {
		err = r.invalid(op, err, own)
	}
	return dst, err
}

// invalid makes one error of the rules that a value breaks and of what its method Validate says: scan.Violations all of
// them. What the method returned beside these is its own, such as that of a query which failed, and stays as it is.
func (r *Repo) invalid(op string, rules, own error) error {
	var all scan.Violations
	errors.As(rules, &all)
	foreign := !gather(own, &all)
	for i := range all {
		r.locate(&all[i])
	}
	err := all.Err()
	if err != nil {
		err = ErrorOf(op, r.table, err)
	}
	switch {
	case !foreign:
		return err
	case err == nil:
		return own
	}
	return errors.Join(err, own)
}

// gather appends the violations in an error to a list, and reports whether there is nothing else in it. It does not
// look into an [Error], whose violations are those of another value.
func gather(err error, to *scan.Violations) bool {
	if vs, ok := scan.ViolationsOf(err); ok {
		*to = append(*to, vs...)
		return true
	}
	if driver.AsIs(err) != nil {
		return false
	}
	switch e := err.(type) { //nolint:errorlint // the tree is walked
	case nil:
		return true
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
func (r *Repo) locate(v *scan.Violation) {
	for _, c := range r.table.Columns {
		if v.Column == "" && v.Field == c.Field {
			v.Column = c.Name
		}
	}
}
