package dialect_test

import (
	"reflect"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/dialect/postgres"
	"github.com/prom-go/prom/schema"
)

type (
	zone struct {
		Tenant int64 `prom:"key"`
		Code   int64 `prom:"key"`
	}
	zoned struct {
		ID     int64 `prom:"key"`
		Tenant int64
		Code   *int64
		Zone   prom.CompositeRef[zone] `prom:"on='tenant, code'"`
	}
)

// Ensure that a server which cannot set some columns to NULL alone gets a foreign key that refuses, and no CASCADE.
func TestMixedForeignKey(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	table, err := schema.Of(reflect.TypeFor[zoned]())
	is.NoErr(err)
	for sets, want := range map[bool]string{true: `SET NULL ("code")`, false: "NO ACTION"} {
		is.Equal(postgres.Dialect{}.AddForeignKey(table, table.ForeignKeys[0], sets, nil),
			`ALTER TABLE "zoned" ADD CONSTRAINT "zoned_tenant_code_fkey" FOREIGN KEY ("tenant", "code") `+
				`REFERENCES "zone" ("tenant", "code") ON UPDATE CASCADE ON DELETE `+want)
	}
}
