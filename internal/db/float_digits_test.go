package db

import (
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that floats are read with all their digits, or not at all, where the role or the database has them written
// with fewer.
func TestPostgres_FloatDigits(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		if e.Name != dbtest.NamePostgres {
			return // its floats are sent as what they are
		}
		is := is.New(t)
		ctx := limited(t)
		text := e.Mode == "exec" || e.Mode == "simple_protocol"
		for _, digits := range []string{"-15", "0", "1", "3"} {
			db := connect(t, e.With("options=-c%20extra_float_digits%3D"+digits))
			var f float64
			err := db.Read(ctx, &driver.Statement{SQL: "SELECT 0.1::double precision + 0.2::double precision"},
				driver.RowFunc(func(rows driver.Rows) (err error) {
					for rows.Next() {
						f, err = rows.Float(0)
					}
					return err
				}))
			if text && (digits == "0" || digits == "-15") {
				is.True(errors.Is(err, driver.KindConnection) && strings.Contains(err.Error(), "extra_float_digits=1"))
				continue
			}
			is.NoErr(err)
			is.Equal(f, 0.30000000000000004)
		}
	})
}
