package walk

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

// recorder is a test for code that wants one: a failure ends its function and is kept.
type recorder struct {
	testing.TB
	err      error
	panicked bool
}

type failed struct{}

func (r *recorder) Helper()        {}
func (r *recorder) Cleanup(func()) {} // what was created is rolled back
func (r *recorder) Name() string   { return "fit" }
func (r *recorder) Context() context.Context {
	return context.Background()
}

func (r *recorder) Fatal(args ...any) {
	r.err = errors.New(fmt.Sprint(args...))
	panic(failed{})
}

func (r *recorder) Fatalf(format string, args ...any) { r.Fatal(fmt.Sprintf(format, args...)) }
func (r *recorder) Error(args ...any)                 { r.err = errors.New(fmt.Sprint(args...)) }
func (r *recorder) Errorf(format string, args ...any) { r.err = fmt.Errorf(format, args...) }

// run calls fn, and returns what failed in it.
func (r *recorder) run(fn func()) (err error) {
	defer func() {
		switch p := recover(); p.(type) {
		case nil, failed:
			err = r.err
		default:
			err, r.panicked = fmt.Errorf("panic: %v", p), true
		}
	}()
	fn()
	return nil
}
