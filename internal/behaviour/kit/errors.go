package kit

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/prom-go/prom"
)

// ErrOf returns the error of two results.
func ErrOf[V any](_ V, err error) error { return err }

// PanicText runs f and returns what it panics with, or "".
func PanicText(f func()) (text string) {
	defer func() {
		if p := recover(); p != nil {
			text = fmt.Sprint(p)
		}
	}()
	f()
	return ""
}

// FirstError ranges over a watch until it ends or gives a row.
func FirstError[T any](rows iter.Seq2[*T, error]) error {
	for _, err := range rows {
		return err
	}
	return nil
}

// NoSecret makes sure that an error's text does not hold the value SECRET.
func NoSecret(tb testing.TB, err error) {
	tb.Helper()
	if strings.Contains(err.Error(), "SECRET") {
		tb.Errorf("the error holds a value: %v", err)
	}
}

// AsError returns the library's error in an error.
func AsError(tb testing.TB, err error) *prom.Error {
	tb.Helper()
	var e *prom.Error
	if !errors.As(err, &e) {
		tb.Fatalf("got the error %v, want one of the library", err)
	}
	return e
}
