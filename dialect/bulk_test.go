package dialect_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/schema"
)

// Ensure that the statements for many rows are what the golden file shows: for every kind and hostile name, with a key
// that the database makes, a key of one's own, and no column at all.
func TestGoldenBulk(t *testing.T) {
	t.Parallel()
	for _, d := range dialects {
		t.Run(d.Name(), func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			var b strings.Builder
			for i, m := range models {
				tbl := table(t, i)
				var made *schema.Column
				var rest []*schema.Column
				for _, c := range tbl.Columns {
					if c.Auto && c.Kind != schema.UUID {
						made = c
					} else {
						rest = append(rest, c)
					}
				}
				fmt.Fprintf(&b, "-- %s\n", m.name)
				way := d.Bulk(tbl, rest, made)
				if head, rows, ok := strings.Cut(way.Rows, " VALUES "); ok {
					row, _, _ := strings.Cut(rows, ")")
					is.Equal(rows, row+")"+strings.Repeat(", "+row+")", way.Each-1))
					way.Rows = fmt.Sprintf("%s VALUES %s) /* and so on, %d in all */", head, row, way.Each)
				}
				for v, i := reflect.ValueOf(way), 0; i < v.NumField(); i++ {
					if s, ok := v.Field(i).Interface().(string); ok && s != "" {
						fmt.Fprintf(&b, "-- %s\n%s;\n", strings.ToLower(v.Type().Field(i).Name), s)
					}
				}
				none := d.Bulk(tbl, nil, made)
				is.True(none.Lists == "" && none.Copy == "") // an array of no columns has no number of rows
			}
			golden(t, d, "bulk", b.String())
		})
	}
}
