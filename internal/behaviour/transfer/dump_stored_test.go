package transfer_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Town is a document of which the struct knows one key.
type Town struct {
	City string `json:"city"`
	Zero int    `json:"zero,omitempty"`
}

type (
	// quiet is stored as a text by a codec that keeps less than the text has.
	quiet string
	// Lower is a text that its own methods read in lower case.
	Lower struct{ text string }
)

var _ = prom.RegisterCodec(func(q quiet) (string, error) { return string(q), nil },
	func(s string) (quiet, error) { return quiet(strings.ToLower(s)), nil })

func (l Lower) MarshalText() ([]byte, error) { return []byte(l.text), nil }

func (l *Lower) UnmarshalText(b []byte) error {
	if string(b) == "UNREADABLE" {
		return errors.New("it cannot be read")
	}
	l.text = strings.ToLower(string(b))
	return nil
}

// Shelf has columns whose Go types keep less than what is stored.
type Shelf struct {
	prom.Model
	Town  Town
	Maybe *Town
	Meta  map[string]any
	Raw   json.RawMessage
	Quiet quiet
	Many  []quiet
	Lower Lower
}

// storedOf returns what a table's columns hold, as text.
func storedOf(t *testing.T, db *prom.DB) string {
	t.Helper()
	text := kit.ScanOne[string](t, db,
		"SELECT CAST(town AS TEXT) || '|' || CAST(maybe AS TEXT) || '|' || CAST(meta AS TEXT) || '|' || CAST(raw AS TEXT) || '|' || "+
			"quiet || '|' || lower || '|' || CAST(many AS TEXT) FROM shelf")
	// A list is an array on PostgreSQL.
	return strings.NewReplacer(" ", "", `{LOUD,Own}`, `["LOUD","Own"]`).Replace(text)
}

// Ensure that a dump holds what is stored, and not what the Go types of the columns keep of it, and that it is stored
// again.
func TestDumpHoldsWhatIsStored(t *testing.T) {
	t.Parallel()
	const town = `{"city":"a","zero":0,"added":1}`
	const meta = `{"f":1.10,"n":1085238870184050699}`
	const want = town + "|" + town + "|" + meta + `|[1.50,1e2]|LOUD|LOUD|["LOUD","Own"]`
	dbtest.Each(t, func(t *testing.T, from dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, from.DSN)
		shelves := prom.NewRepo[Shelf](prom.Using(db))
		kit.MustCreate(t, shelves, Shelf{})
		raw := "[1.50,1e2]"
		many := map[string]string{dbtest.NameSQLite: `["LOUD","Own"]`, dbtest.NamePostgres: `{LOUD,Own}`}[from.Name]
		kit.RunSQL(t, db, "UPDATE shelf SET town = '"+town+"', maybe = '"+town+"', meta = '"+meta+"', raw = '"+raw+"', quiet = 'LOUD', lower = 'LOUD', many = '"+many+"'")
		var dump bytes.Buffer
		is.NoErr(prom.Dump(ctx, &dump, shelves))
		dbtest.EachMode(t, func(t *testing.T, to dbtest.Engine) {
			is := is.New(t)
			target := kit.Open(t, to.DSN)
			is.NoErr(prom.Restore(ctx, bytes.NewReader(dump.Bytes()), shelves.Using(target)))
			want := want
			if from.Name == dbtest.NamePostgres || to.Name == dbtest.NamePostgres {
				want = strings.Replace(want, "1e2", "100", 1) // as jsonb writes it
			}
			is.Equal(storedOf(t, target), want)
		})

		// What the model cannot read is told when it is dumped, since nobody could restore it.
		kit.RunSQL(t, db, "UPDATE shelf SET lower = 'UNREADABLE'")
		err := prom.Dump(ctx, io.Discard, shelves)
		is.True(errors.Is(err, prom.ErrType))
		is.Equal(kit.AsError(t, err).Columns, []string{"lower"})
	})
}
