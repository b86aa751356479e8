package install_test

import (
	"context"
	"slices"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/install"
	"github.com/prom-go/prom/schema"
)

// Models of a trader's database: each foreign key is as plain as their authors left it, NO ACTION.
type (
	nwRegion struct {
		ID int32 `prom:"region_id,key"`
	}
	nwTerritory struct {
		ID     string                      `prom:"territory_id,key"`
		Region prom.RefBy[nwRegion, int32] `prom:"region_id"`
	}
	nwEmployee struct {
		ID        int32                          `prom:"employee_id,key"`
		ReportsTo *prom.RefBy[nwEmployee, int32] `prom:"reports_to"`
	}
	nwWorksAt struct {
		Employee  prom.RefBy[nwEmployee, int32]   `prom:"employee_id,key"`
		Territory prom.RefBy[nwTerritory, string] `prom:"territory_id,key"`
	}
	nwCustomer struct {
		ID string `prom:"customer_id,key"`
	}
	nwKind struct {
		ID string `prom:"kind_id,key"`
	}
	nwCustomerKind struct {
		Customer prom.RefBy[nwCustomer, string] `prom:"customer_id,key"`
		Kind     prom.RefBy[nwKind, string]     `prom:"kind_id,key"`
	}
	nwSupplier struct {
		ID int32 `prom:"supplier_id,key"`
	}
	nwCategory struct {
		ID int32 `prom:"category_id,key"`
	}
	nwProduct struct {
		ID       int32                          `prom:"product_id,key"`
		Supplier *prom.RefBy[nwSupplier, int32] `prom:"supplier_id"`
		Category *prom.RefBy[nwCategory, int32] `prom:"category_id"`
		Added    *string                        // which this version of the program brings
	}
	nwShipper struct {
		ID int32 `prom:"shipper_id,key"`
	}
	nwOrder struct {
		ID       int32                           `prom:"order_id,key"`
		Customer *prom.RefBy[nwCustomer, string] `prom:"customer_id"`
		Employee *prom.RefBy[nwEmployee, int32]  `prom:"employee_id"`
		Via      *prom.RefBy[nwShipper, int32]   `prom:"ship_via,index"`
		Note     string                          `prom:"max=80,default=none"`
	}
	nwLine struct {
		Order    prom.RefBy[nwOrder, int32]   `prom:"order_id,key"`
		Product  prom.RefBy[nwProduct, int32] `prom:"product_id,key"`
		Quantity int16                        `prom:"min=1"`
	}
)

// Ensure that the release job of docs/schema.md changes no delete rule of a database that others made, on which a
// deleted product would else take the lines of orders with it.
func TestReleaseKeepsDeleteRules(t *testing.T) {
	t.Parallel()
	ddl := []string{
		`CREATE TABLE nw_region (region_id INTEGER NOT NULL PRIMARY KEY)`,
		`CREATE TABLE nw_territory (territory_id VARCHAR(20) NOT NULL PRIMARY KEY, region_id INTEGER NOT NULL REFERENCES nw_region (region_id))`,
		`CREATE TABLE nw_employee (employee_id INTEGER NOT NULL PRIMARY KEY, reports_to INTEGER REFERENCES nw_employee (employee_id))`,
		`CREATE TABLE nw_works_at (employee_id INTEGER NOT NULL REFERENCES nw_employee (employee_id),
			territory_id VARCHAR(20) NOT NULL REFERENCES nw_territory (territory_id), PRIMARY KEY (employee_id, territory_id))`,
		`CREATE TABLE nw_customer (customer_id VARCHAR(5) NOT NULL PRIMARY KEY)`, `CREATE TABLE nw_kind (kind_id VARCHAR(5) NOT NULL PRIMARY KEY)`,
		`CREATE TABLE nw_customer_kind (customer_id VARCHAR(5) NOT NULL REFERENCES nw_customer (customer_id),
			kind_id VARCHAR(5) NOT NULL REFERENCES nw_kind (kind_id), PRIMARY KEY (customer_id, kind_id))`,
		`CREATE TABLE nw_supplier (supplier_id INTEGER NOT NULL PRIMARY KEY)`, `CREATE TABLE nw_category (category_id INTEGER NOT NULL PRIMARY KEY)`,
		`CREATE TABLE nw_product (product_id INTEGER NOT NULL PRIMARY KEY, supplier_id INTEGER REFERENCES nw_supplier (supplier_id),
			category_id INTEGER REFERENCES nw_category (category_id))`,
		`CREATE TABLE nw_shipper (shipper_id INTEGER NOT NULL PRIMARY KEY)`,
		`CREATE TABLE nw_order (order_id INTEGER NOT NULL PRIMARY KEY, customer_id VARCHAR(5) REFERENCES nw_customer (customer_id),
			employee_id INTEGER REFERENCES nw_employee (employee_id), ship_via INTEGER REFERENCES nw_shipper (shipper_id), note VARCHAR(40) NOT NULL DEFAULT 'none')`,
		`CREATE TABLE nw_line (order_id INTEGER NOT NULL REFERENCES nw_order (order_id), product_id INTEGER NOT NULL REFERENCES nw_product (product_id),
			quantity SMALLINT NOT NULL, PRIMARY KEY (order_id, product_id))`,
		`INSERT INTO nw_product (product_id) VALUES (1)`, `INSERT INTO nw_order (order_id) VALUES (1), (2)`, `INSERT INTO nw_line VALUES (1, 1, 3), (2, 1, 4)`,
	}
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := open(t, e.DSN)
		runSQL(t, db, ddl...)
		tables := []*schema.Table{table[nwRegion](t), table[nwTerritory](t), table[nwEmployee](t), table[nwWorksAt](t), table[nwCustomer](t), table[nwKind](t),
			table[nwCustomerKind](t), table[nwSupplier](t), table[nwCategory](t), table[nwProduct](t), table[nwShipper](t), table[nwOrder](t), table[nwLine](t)}
		rules := func() (list []schema.FoundForeignKey) {
			for _, it := range tables {
				found, err := db.InspectAll(ctx, it.Name)
				is.NoErr(err)
				slices.SortFunc(found.ForeignKeys, func(a, b schema.FoundForeignKey) int { return slices.Compare(a.Columns, b.Columns) })
				list = append(list, found.ForeignKeys...)
			}
			return list
		}
		before := rules()
		is.Equal(len(before), 13)
		for _, k := range before {
			is.Equal([]string{k.OnDelete, k.OnUpdate}, []string{"NO ACTION", "NO ACTION"})
		}

		// The job applies what is additive and what locks; then, to be sure, all.
		for _, risk := range []schema.Risk{schema.Locking, schema.Lossy} {
			steps, _, err := install.Plan(ctx, db, tables...)
			is.NoErr(err)
			is.True(len(steps) > 0 || risk == schema.Lossy)
			_, err = install.Apply(ctx, db, tables, slices.DeleteFunc(steps, func(s schema.Step) bool { return s.Risk > risk }))
			is.NoErr(err)
			is.Equal(rules(), before)
		}
		steps, _, err := install.Plan(ctx, db, tables...)
		is.NoErr(err)
		is.Equal(steps, nil)
		refused(ctx, t, db, `DELETE FROM nw_product`, `DELETE FROM nw_order`)
		is.Equal(count(ctx, t, db, `SELECT count(*) FROM nw_line`), int64(2))
	})
}
