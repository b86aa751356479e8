package kit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
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

// NoSecret makes sure that no way in which an error is shown holds the value SECRET: as a text, by the verbs of fmt, as
// JSON and in both forms of slog.
func NoSecret(tb testing.TB, err error) {
	tb.Helper()
	var shown bytes.Buffer
	fmt.Fprintf(&shown, "%v %+v %#v %q %d\n", err, err, err, err, err)
	text, jsonErr := json.Marshal(err)
	fmt.Fprintln(&shown, string(text), jsonErr)
	slog.New(slog.NewTextHandler(&shown, nil)).Error("failed", "err", err, "any", []any{err})
	slog.New(slog.NewJSONHandler(&shown, nil)).Error("failed", "err", err, "any", []any{err})
	if strings.Contains(shown.String(), "SECRET") {
		tb.Errorf("the error holds a value: %s", shown.String())
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
