package install_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/internal/snapshot"
	"github.com/prom-go/prom/schema"
)

type (
	firm struct {
		ID int64    `prom:"key"`
		_  struct{} `prom:"distribute=id"`
	}
	unit struct {
		Code string   `prom:"key"`
		_    struct{} `prom:"distribute=everywhere"`
	}
	bill struct {
		Firm prom.Ref[firm] `prom:"firm_id,key"`
		ID   int64          `prom:"key,auto"`
		Unit prom.RefBy[unit, string]
		_    struct{} `prom:"distribute=firm_id"`
	}
	billLine struct {
		FirmID int64 `prom:"key"`
		ID     int64 `prom:"key,auto"`
		BillID int64
		Bill   prom.CompositeRef[bill] `prom:"on='firm_id, bill_id'"`
		_      struct{}                `prom:"distribute=firm_id"`
	}
)

const citusBlock = `DO $prom$ BEGIN IF EXISTS (SELECT 1 FROM pg_catalog.pg_extension WHERE extname = 'citus') THEN ` +
	`SET LOCAL citus.multi_shard_modify_mode TO 'sequential'; PERFORM `

// Ensure that tables which Citus distributes are made, then distributed beside those that they refer to, and get their
// foreign keys last, without a rule that Citus refuses; in the same words for an installation and a migration. On a
// server without Citus these statements make ordinary tables.
func TestDistributed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is, ctx := is.New(t), context.Background()
		db := open(t, e.With("history=false"))
		tables := []*schema.Table{table[billLine](t), table[bill](t), table[unit](t), table[firm](t)}
		planned, _, err := install.Plan(ctx, db, tables...)
		is.NoErr(err)
		declared, err := snapshot.Declared(tables)
		is.NoErr(err)
		is.Equal(declared[0].Distribution.String()+" "+declared[2].Distribution.String(), "firm_id everywhere")
		migrated, err := install.Between(ctx, db.Dialect(), nil, declared, false)
		is.NoErr(err)
		for _, steps := range [][]schema.Step{planned, migrated} {
			var all []string
			for _, s := range steps {
				for _, sql := range s.SQL {
					all = append(all, strings.Join(strings.Fields(sql), " "))
				}
			}
			if e.Name == dbtest.NameSQLite {
				is.True(!strings.Contains(strings.Join(all, "\n"), "citus"))
				continue
			}
			for i, sql := range all {
				switch {
				case strings.HasPrefix(sql, "CREATE TABLE"):
					is.True(!strings.Contains(sql, "REFERENCES"))
					is.True(strings.HasPrefix(all[i+1], citusBlock))
				case strings.HasPrefix(sql, "ALTER TABLE"):
					is.True(!slices.ContainsFunc(all[i:], func(s string) bool { return strings.HasPrefix(s, "DO ") }))
				}
			}
			for _, want := range []string{
				citusBlock + `create_distributed_table('"firm"', 'id'); END IF; END $prom$`,
				citusBlock + `create_reference_table('"unit"'); END IF; END $prom$`,
				citusBlock + `create_distributed_table('"bill"', 'firm_id', colocate_with => '"firm"'); END IF; END $prom$`,
				citusBlock + `create_distributed_table('"bill_line"', 'firm_id', colocate_with => '"bill"'); END IF; END $prom$`,
				`ALTER TABLE "bill" ADD CONSTRAINT "bill_firm_id_fkey" FOREIGN KEY ("firm_id") REFERENCES "firm" ("id") ON UPDATE NO ACTION ON DELETE CASCADE`,
				`ALTER TABLE "bill" ADD CONSTRAINT "bill_unit_fkey" FOREIGN KEY ("unit") REFERENCES "unit" ("code") ON UPDATE CASCADE ON DELETE CASCADE`,
				`ALTER TABLE "bill_line" ADD CONSTRAINT "bill_line_firm_id_bill_id_fkey" FOREIGN KEY ("firm_id", "bill_id") ` +
					`REFERENCES "bill" ("firm_id", "id") ON UPDATE NO ACTION ON DELETE CASCADE`,
			} {
				if !slices.Contains(all, want) {
					t.Errorf("no statement is %s\namong\n%s", want, strings.Join(all, "\n"))
				}
			}
		}
		done, err := install.Apply(ctx, db, tables, planned)
		is.NoErr(err)
		is.Equal(len(done), len(planned))
		planned, others, err := install.Plan(ctx, db, tables...)
		is.NoErr(err)
		is.Equal(len(planned)+len(others), 0)
		for _, name := range []string{"bill_line", "bill", "unit", "firm"} {
			is.NoErr(install.Drop(ctx, db, name))
		}
		changed, err := install.Ensure(ctx, db, tables...)
		is.NoErr(err)
		is.True(changed)
		planned, _, err = install.Plan(ctx, db, tables...)
		is.NoErr(err)
		is.Equal(len(planned), 0)
	})
}
