package prom

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dsn"
	"github.com/prom-go/prom/internal/scan"
	"github.com/prom-go/prom/internal/sqlite3"
	"github.com/prom-go/prom/schema"
)

// Ensure that the types which are cast into types of internal packages are alike in memory, field by field.
func TestTwins(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]reflect.Type{
		{reflect.TypeFor[Error](), reflect.TypeFor[driver.Error]()},
		{reflect.TypeFor[SQLiteError](), reflect.TypeFor[sqlite3.Error]()},
		{reflect.TypeFor[Violations](), reflect.TypeFor[scan.Violations]()},
		{reflect.TypeFor[DSN](), reflect.TypeFor[dsn.DSN]()},
		{reflect.TypeFor[Step](), reflect.TypeFor[schema.Step]()},
		{reflect.TypeFor[Drift](), reflect.TypeFor[schema.Drift]()},
		{reflect.TypeFor[Event](), reflect.TypeFor[db.Event]()},
		{reflect.TypeFor[[]OpenOption](), reflect.TypeFor[[]db.OpenOption]()},
		{reflect.TypeFor[[]TxOption](), reflect.TypeFor[[]db.TxOption]()},
	} {
		if err := alike(pair[0], pair[1]); err != nil {
			t.Errorf("%s and %s: %v", pair[0], pair[1], err)
		}
	}
}

// alike reports how two types differ in memory.
func alike(a, b reflect.Type) error {
	if a == b {
		return nil
	}
	if a.Kind() == reflect.Struct && a.NumField() == 1 && b.Kind() != reflect.Struct { // an option
		a = a.Field(0).Type
	}
	if a.Kind() != b.Kind() || a.Size() != b.Size() {
		return fmt.Errorf("%s is not as %s", a, b)
	}
	switch a.Kind() {
	case reflect.Slice:
		return alike(a.Elem(), b.Elem())
	case reflect.Struct:
		if a.NumField() != b.NumField() {
			return fmt.Errorf("%d fields are not %d", a.NumField(), b.NumField())
		}
		for i := range a.NumField() {
			f, g := a.Field(i), b.Field(i)
			if f.Name != g.Name && f.Name != "_" || f.Offset != g.Offset || f.Tag != g.Tag {
				return fmt.Errorf("%s is not as %s", f.Name, g.Name)
			}
			if err := alike(f.Type, g.Type); err != nil {
				return fmt.Errorf("%s: %w", f.Name, err)
			}
		}
	case reflect.Pointer:
		if a.Elem().ConvertibleTo(b.Elem()) {
			return nil
		}
		return fmt.Errorf("%s is not %s", a, b)
	case reflect.Map, reflect.Chan, reflect.Interface:
		return fmt.Errorf("%s is not %s", a, b)
	}
	return nil
}

// Ensure that errors are found as the types of this package, and those that users make of these as what the library's
// own packages know.
func TestErrorTypes(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	low := &driver.Error{Kind: driver.KindUnique, Table: "t", Err: errors.Join(scan.Violations{{Field: "F", Reason: "r"}}, &sqlite3.Error{Code: 5})}
	err := fmt.Errorf("wrapped: %w", low)
	var e *Error
	is.True(errors.As(err, &e))
	is.Equal(e.Kind, ErrUnique)
	is.Equal(e.Error(), low.Error())
	is.True(errors.Is(err, ErrUnique) && errors.Is(e, ErrUnique) && !errors.Is(err, ErrCheck))
	is.Equal(KindOf(err), ErrUnique)
	var vs Violations
	is.True(errors.As(err, &vs))
	is.Equal(vs, Violations{{Field: "F", Reason: "r"}})
	var s *SQLiteError
	is.True(errors.As(err, &s))
	is.Equal(s.Code, 5)
	is.True(errors.Is(error(driver.KindCanceled), ErrCanceled))
	is.True(errors.Is(ErrCanceled, driver.KindCanceled))
	is.True(!errors.Is(ErrCanceled, driver.KindClosed))
	is.True(!errors.As(context.Canceled, &e))

	own := fmt.Errorf("wrapped: %w", &Error{Kind: ErrStale, Err: Violations{{Reason: "x"}}})
	is.Equal(driver.KindOf(own), driver.KindStale)
	is.True(errors.Is(own, ErrStale) && errors.Is(own, driver.KindStale))
	var below scan.Violations
	is.True(errors.As(own, &below))
	is.Equal(below[0].Reason, "x")
	is.Equal(fmt.Sprintf("%#v", e), fmt.Sprintf("%#v", low))
}
