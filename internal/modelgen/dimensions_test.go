package modelgen

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that an array has as many dimensions as it was declared with, and that a time whose default is an infinity may
// have one.
func TestDimensions(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	dsn := dbtest.Postgres(t)
	db, err := new(prom.Registry).Open(dsn)
	is.NoErr(err)
	t.Cleanup(func() { is.NoErr(db.Close()) })
	raw, err := db.SQL(ctx)
	is.NoErr(err)
	for _, sql := range []string{
		`CREATE TYPE mood AS ENUM ('sad', 'ok')`,
		`CREATE TABLE grid (id bigint PRIMARY KEY, one int[] NOT NULL, two int[][] NOT NULL, three text[][][], net inet[][] NOT NULL,
			moods mood[][] NOT NULL, sums numeric(9,2)[][] NOT NULL, at timestamptz[][] NOT NULL,
			ends timestamptz NOT NULL DEFAULT 'infinity', begins date DEFAULT '-infinity'::date, past timestamp NOT NULL DEFAULT 'infinity',
			plain timestamptz NOT NULL DEFAULT now())`,
	} {
		_, err := raw.Exec(sql)
		is.NoErr(err)
	}
	var source bytes.Buffer
	is.NoErr(run(ctx, []string{"-dsn", dsn}, &source))
	text := strings.Join(strings.Fields(source.String()), " ")
	for _, want := range []string{"One []int32", "Two [][]int32 `prom:\"array\"`", "Three *[][][]string `prom:\"array\"`", "Net [][]string", "Moods [][]Mood", "Sums [][]string",
		"At [][]time.Time", "Ends prom.TimeOrInfinity", "Begins *prom.TimeOrInfinity `prom:\"date\"`", "Past prom.TimeOrInfinity", "Plain time.Time"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing:\n%s", want, source.String())
		}
	}
}
