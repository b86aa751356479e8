package dialect_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/dialect/postgres"
	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/schema"
)

type billingUser struct {
	ID   int `prom:"key,auto"`
	Name string
}

func (billingUser) TableName() string { return "billing.user" }

type invoice struct {
	_      struct{} `prom:"was=old.bill"`
	ID     int      `prom:"key,auto"`
	Payer  prom.RefBy[billingUser, int]
	Parent *prom.RefBy[invoice, int]
	Plain  prom.RefBy[plainUser, int]
	Total  int      `prom:"min=0"`
	Number int      `prom:"unique"`
	_      struct{} `prom:"index=both,on='total,number'"`
}

func (invoice) TableName() string { return "billing.invoice" }

type plainUser struct {
	ID int `prom:"key"`
}

func (plainUser) TableName() string { return "user" }

// Ensure that what is written of a table in another schema names it with that, and of its indexes and constraints only
// where the engine takes it.
func TestGoldenSchemas(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	tbl, err := schema.Of(reflect.TypeFor[invoice]())
	is.NoErr(err)
	dotted, err := tbl.WithName(`"bill.ing"."in""voice."`)
	is.NoErr(err)
	bare, err := tbl.WithName("invoice")
	is.NoErr(err)
	for _, d := range dialects {
		var b strings.Builder
		lines := func(what string, list ...string) { fmt.Fprintf(&b, "-- %s\n%s;\n", what, strings.Join(list, ";\n")) }
		write := func(name string, d dialect.Dialect, tbl *schema.Table) {
			lines(name+": create", d.CreateTable(tbl, func(*schema.Column) bool { return true })...)
			for _, ix := range tbl.Indexes {
				lines(name+": index", append(d.CreateIndex(tbl, ix), d.Index(tbl.Name, ix.Name))...)
			}
			lines(name+": reference", d.AddReference(tbl, tbl.Column("payer")))
			lines(name+": add", d.AddColumn(tbl, tbl.Column("plain"), nil)...)
			lines(name+": rename a column", d.RenameColumn(tbl, &schema.Column{Name: "b", Was: "a"}, &schema.Found{
				Indexes: []schema.FoundIndex{{Name: schema.IndexName(tbl.Name, "a")}}})...)
			lines(name+": rows", d.HasRows(tbl.Name), d.RowCount(tbl.Name), d.CountOn(tbl.Name, "id"))
			lines(name+": drop", append(d.DropTables([]string{tbl.Name}), d.ClearTables([]string{tbl.Name})...)...)
			bulk := d.Bulk(tbl, tbl.Columns[1:], tbl.Columns[0])
			lines(name+": bulk", bulk.Lists, bulk.Keys, bulk.Copy, bulk.Shape, bulk.Greatest)
			lines(name+": watch", d.WatchTrigger(tbl.Name)...)
			lines(name+": shadow", d.Shadow(tbl)...)
			sql, arg := d.About(d.Indexes(), tbl.Name)
			lines(name+": inspect", sql, arg)
		}
		write("schema", d, tbl)
		write("dots", d, dotted)
		lines("move", d.RenameTable(tbl, &schema.Found{Indexes: []schema.FoundIndex{{Name: "bill_number"}}})...)
		lines("schema", d.CreateSchema("billing"), d.HasSchema("billing"), d.TablesOf("billing"))
		if d.Name() == "sqlite" {
			write("attached", sqlite.Dialect{Attached: true}, bare)
		}
		golden(t, d, "schemas", b.String())
	}
}

// Ensure that a name of a table is split at the dot between schema and table, and at no other one.
func TestQuoteTable(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for name, want := range map[string]string{
		"invoice":                 `"invoice"`,
		`in"voice`:                `"in""voice"`,
		"billing.invoice":         `"billing"."invoice"`,
		`Billing.In"voice`:        `"Billing"."In""voice"`,
		`"a.b"`:                   `"a.b"`,
		`"a.b".c`:                 `"a.b"."c"`,
		`billing."2024.q1"`:       `"billing"."2024.q1"`,
		`"a""b.c"."d"`:            `"a""b.c"."d"`,
		`"x"`:                     `"""x"""`, // no dot, so it is taken as it is
		`"bill.ing"."in""voice."`: `"bill.ing"."in""voice."`,
	} {
		is.Equal(dialect.QuoteTable(name), want)
		is.Equal(schema.JoinName(schema.SplitName(name)), strings.NewReplacer(`."d"`, ".d").Replace(name))
	}
}

// Ensure that tables of one name in two schemas are told apart by the catalog, and their references.
func TestIntrospectSchemas(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	e := connect(t, postgres.Dialect{}, "pgx", dbtest.Postgres(t))
	var own string
	is.NoErr(e.db.QueryRow("SELECT current_schema()").Scan(&own))
	other, odd := own+"_b", own+`.O"`
	e.exec(t, "CREATE SCHEMA "+other, "CREATE SCHEMA "+e.Quote(odd))
	defer e.exec(t, "DROP SCHEMA "+other+", "+e.Quote(odd)+" CASCADE")
	e.exec(t, `CREATE TABLE "user" (id int PRIMARY KEY)`, `CREATE TABLE `+other+`."user" (no text PRIMARY KEY)`,
		`CREATE TABLE `+e.Quote(odd)+`."u.x" (id int PRIMARY KEY)`,
		`CREATE TABLE `+other+`.invoice (a int REFERENCES "user", b text REFERENCES `+other+`."user", c int REFERENCES `+
			e.Quote(odd)+`."u.x")`,
		`CREATE INDEX ix ON `+other+`.invoice (a)`)
	is.Equal(describe(e.found(t, "user")), []string{"id|integer|int32|true|true|"})
	is.Equal(describe(e.found(t, other+".user")), []string{"no|text|text|true|true|"})
	dotted := schema.JoinName(odd, "u.x")
	is.Equal(describe(e.found(t, dotted)), []string{"id|integer|int32|true|true|"})
	f := e.found(t, other+".invoice")
	is.Equal(describe(f), []string{"a|integer|int32|false|false|", "b|text|text|false|false|", "c|integer|int32|false|false|",
		`ix|false|false|["a"]|`, `invoice_a_fkey|["a"]|user|["id"]|NO ACTION|NO ACTION`,
		`invoice_b_fkey|["b"]|` + other + `.user|["no"]|NO ACTION|NO ACTION`,
		`invoice_c_fkey|["c"]|` + dotted + `|["id"]|NO ACTION|NO ACTION`})
	is.Equal(f.ForeignKeys[0].FullName, own+".user")
	is.Equal(e.rows(t, e.TablesOf(other)), []string{other + ".invoice table true", other + ".user table true"})
	is.Equal(e.rows(t, e.TablesOf(odd)), []string{dotted + " table true"})
	is.True(!e.found(t, other+".nope").Exists && !e.found(t, "nope.user").Exists)
}

// Ensure the same of databases that are attached, in which a bare name means none.
func TestIntrospectAttached(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	e := connect(t, sqlite.Dialect{Attached: true}, "sqlite", "file::memory:?_dqs=0")
	e.exec(t, "ATTACH ':memory:' AS billing", `CREATE TABLE billing."user" (no TEXT PRIMARY KEY)`,
		`CREATE TABLE billing.invoice (a TEXT REFERENCES "user", b INT)`, `CREATE INDEX billing.ix ON invoice (b)`,
		`CREATE TABLE both (x INT)`, `CREATE TABLE billing.both (y INT)`)
	is.Equal(describe(e.found(t, "billing.user"))[:1], []string{"no|TEXT|text|false|true|"})
	is.True(!e.found(t, "user").Exists)
	is.True(!e.found(t, "main.user").Exists)
	is.Equal(describe(e.found(t, "both")), []string{"x|INT|int64|false|false|"})
	is.Equal(describe(e.found(t, "main.both")), describe(e.found(t, "both")))
	is.Equal(describe(e.found(t, "billing.both")), []string{"y|INT|int64|false|false|"})
	is.Equal(describe(e.found(t, "billing.invoice")), []string{"a|TEXT|text|false|false|", "b|INT|int64|false|false|",
		`ix|false|false|["b"]|`, `|["a"]|user|["no"]|NO ACTION|NO ACTION`})
	is.Equal(len(e.found(t, "billing.invoice").Definitions), 2)
	is.Equal(e.rows(t, e.TablesOf("billing")), []string{"billing.both table 1", "billing.invoice table 1",
		"billing.user table 1"})
}
