package dsn

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/dsn/dsntest"
)

// printings renders d in every way that a program prints things, inside of other values too.
func printings(d DSN) []string {
	type dsnHolder struct{ private DSN }
	type deep struct{ private *dsnHolder }
	return dsntest.Printings(d, &d, []DSN{d}, []*DSN{&d}, map[string]DSN{"k": d}, dsnHolder{d}, &dsnHolder{d},
		deep{&dsnHolder{d}}, struct{ d DSN }{d}, []dsnHolder{{d}}, d.Options, d.Hosts)
}

// everything does with a DSN what the files of this package can, and returns all that came out.
func everything(t *testing.T, text string) []string {
	t.Helper()
	d, err := Parse(text)
	out := append(printings(d), dsntest.ErrorChain(err)...)
	if err == nil {
		text, marshalErr := d.MarshalText()
		out = append(out, string(text), d.String(), d.GoString(), d.LogValue().String())
		out = append(out, dsntest.ErrorChain(marshalErr)...)
		cfg, err := PoolConfig(d)
		out = append(out, dsntest.ErrorChain(err)...)
		if err == nil && d.password() != "" {
			out = append(out, cfg.ConnString()) // pgx keeps it, and its errors quote it
		}
		_, err = SQLiteURI(d, "writer", "")
		out = append(out, dsntest.ErrorChain(err)...)
	}
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	environ := []string{"PROM_DSN=" + text, "PROM_DSN_1=" + text, "PROM_DSN_3=" + text}
	dsns, err := FromEnviron(environ, "PROM_DSN", logger)
	out = append(out, dsntest.ErrorChain(err)...)
	out = append(out, dsntest.ErrorChain(errors.Join(errors.New("other"), err))...)
	_, err = FromEnviron(environ[2:], "PROM_DSN", logger)
	out = append(out, dsntest.ErrorChain(err)...)
	return append(append(out, log.String()), dsntest.Printings(dsns)...)
}

// Ensure a secret never comes out, whatever the DSN looks like and however it is printed.
// suite: 28
func TestRedaction(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	is.True(len(dsntest.Shapes) >= 60)
	seen := map[string]bool{}
	for i, shape := range dsntest.Shapes {
		is.True(!seen[shape])
		seen[shape] = true
		t.Run(shape, func(t *testing.T) {
			t.Parallel()
			secret := fmt.Sprintf("S%dzQvWk7", i)
			dsntest.CheckNoSecret(t, secret, everything(t, strings.ReplaceAll(shape, "SECRET", secret)))
		})
	}
	dbtest.Reportf(t, 28, "%d shapes parsed, printed and logged, 0 appearances", len(dsntest.Shapes))
}

// Ensure the secrets that the shapes hold are really kept, so that the test above has something to find.
func TestRedaction_keepsThePassword(t *testing.T) {
	t.Parallel()
	for _, shape := range dsntest.Shapes[:10] {
		is := is.New(t)
		d, err := Parse(shape)
		is.NoErr(err)
		is.True(strings.Contains(d.password(), "SECRET"))
	}
}
