package modelgen

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// awkward are tables that are hard to name or to refer to, on both engines. Constraints have no names, so that each
// engine makes its own.
var awkward = []string{
	// Names: of Go, of the library, of what is made for another table, without letters, long.
	`CREATE TABLE "prom" ("id" INTEGER PRIMARY KEY, "model" TEXT, "table_name" TEXT, "TableName2" TEXT, "connection_name" TEXT)`,
	`CREATE TABLE "type" ("func" INTEGER PRIMARY KEY, "string" TEXT, "nil" TEXT, "any" TEXT, "error" TEXT, "_" TEXT, "__" TEXT)`,
	`CREATE TABLE "foo" ("id" INTEGER PRIMARY KEY, "repo" TEXT, "proto" TEXT, "bar" TEXT, "bar_baz" TEXT, "barbaz" TEXT)`,
	`CREATE TABLE "foo_bar" ("id" INTEGER PRIMARY KEY, "baz" TEXT)`,
	`CREATE TABLE "foo_repo" ("id" INTEGER PRIMARY KEY)`, `CREATE TABLE "FooProto" ("id" INTEGER PRIMARY KEY)`,
	`CREATE TABLE "a-b" ("x-y" INTEGER PRIMARY KEY, "x y" TEXT, "x_y" TEXT, "xY" TEXT)`,
	`CREATE TABLE "a b" ("1st" INTEGER PRIMARY KEY, "2" TEXT, "日本" TEXT, "é" TEXT, "e" TEXT, "😀" TEXT, "key" TEXT, "embed" TEXT)`,
	`CREATE TABLE "_id" ("_id" INTEGER PRIMARY KEY, "_created" TIMESTAMP NOT NULL, "_updated" TIMESTAMP NOT NULL, "id" TEXT, "created" TEXT, "is_new" TEXT)`,
	`CREATE TABLE "` + strings.Repeat("t", 63) + `" ("` + strings.Repeat("c", 63) + `" INTEGER PRIMARY KEY, "` +
		strings.Repeat("d", 63) + `" TEXT UNIQUE)`,
	// Numbers, defaults, keys that are none of a model.
	`CREATE TABLE "odd_numbers" ("id" INTEGER PRIMARY KEY, "p" NUMERIC(3,5), "q" NUMERIC(5,-2), "r" NUMERIC NOT NULL, "s" NUMERIC(5,2) DEFAULT 1.5)`,
	`CREATE TABLE "odd_defaults" ("id" INTEGER PRIMARY KEY, "a" VARCHAR(70) DEFAULT 'it''s "x", ` + "`y`" + ` \ ', "b" TEXT DEFAULT '', "c" TEXT DEFAULT ' ')`,
	`CREATE TABLE "float_key" ("f" DOUBLE PRECISION PRIMARY KEY, "t" TEXT)`,
	`CREATE TABLE "part_key" ("a" INTEGER NOT NULL, "f" DOUBLE PRECISION NOT NULL, "t" TEXT, PRIMARY KEY ("a", "f"))`,
	`CREATE TABLE "date_key" ("d" DATE PRIMARY KEY NOT NULL, "t" TEXT)`,
	`CREATE TABLE "no_key" ("a" INTEGER, "b" TEXT)`,
	// References.
	`CREATE TABLE "author" ("id" INTEGER PRIMARY KEY, "code" VARCHAR(9) NOT NULL UNIQUE, "x" INTEGER, "y" BIGINT, UNIQUE ("x", "y"))`,
	`CREATE TABLE "book" ("id" INTEGER PRIMARY KEY, "author_id" INTEGER NOT NULL REFERENCES "author" ("id"), "author" TEXT, "author_row" TEXT, "books" TEXT,
		"code" VARCHAR(9) REFERENCES "author" ("code") ON DELETE RESTRICT, "y" BIGINT, "x" INTEGER, FOREIGN KEY ("y", "x") REFERENCES "author" ("y", "x"))`,
	`CREATE TABLE "second_book" ("id" INTEGER PRIMARY KEY, "one" INTEGER NOT NULL REFERENCES "author" ("id"), "two" INTEGER REFERENCES "author" ("id"), "books" TEXT)`,
	`CREATE TABLE "profile" ("author_id" INTEGER PRIMARY KEY REFERENCES "author" ("id") ON DELETE SET NULL, "t" TEXT)`,
	`CREATE TABLE "photo" ("id" INTEGER PRIMARY KEY, "profile_id" INTEGER REFERENCES "profile" ("author_id"))`,
	`CREATE TABLE "tree" ("id" INTEGER PRIMARY KEY, "up" INTEGER NOT NULL REFERENCES "tree" ("id"))`,
	`CREATE TABLE "self" ("id" INTEGER PRIMARY KEY REFERENCES "self" ("id"))`,
	`CREATE TABLE "pair" ("b" INTEGER NOT NULL, "a" VARCHAR(9) NOT NULL, "c" TEXT, PRIMARY KEY ("a", "b"))`,
	`CREATE TABLE "paired" ("id" INTEGER PRIMARY KEY, "a" VARCHAR(9) NOT NULL, "b" INTEGER, "a2" VARCHAR(9) NOT NULL, "b2" INTEGER NOT NULL, "pair" TEXT,
		FOREIGN KEY ("a", "b") REFERENCES "pair" ("a", "b") ON DELETE CASCADE, FOREIGN KEY ("b2", "a2") REFERENCES "pair" ("b", "a") DEFERRABLE INITIALLY DEFERRED)`,
	`CREATE TABLE "two_on_one" ("id" INTEGER PRIMARY KEY, "x" INTEGER NOT NULL, FOREIGN KEY ("x") REFERENCES "author" ("id"), FOREIGN KEY ("x") REFERENCES "tree" ("id"))`,
	`CREATE TABLE "wide" ("id" BIGINT PRIMARY KEY)`,
	`CREATE TABLE "narrow" ("id" INTEGER PRIMARY KEY, "wide_id" INTEGER REFERENCES "wide" ("id"), "d" DATE REFERENCES "date_key" ("d"))`,
	`CREATE TABLE "comma" ("a,b" INTEGER NOT NULL, "c" INTEGER NOT NULL, PRIMARY KEY ("a,b", "c"))`,
	`CREATE TABLE "commas" ("id" INTEGER PRIMARY KEY, "a,b" INTEGER, "c" INTEGER, FOREIGN KEY ("a,b", "c") REFERENCES "comma" ("a,b", "c"))`,
	`CREATE TABLE "index names" ("id" INTEGER PRIMARY KEY, "a" INTEGER, "b" INTEGER)`,
	`CREATE INDEX "index names_a" ON "index names" ("a")`, `CREATE UNIQUE INDEX "other" ON "index names" ("a")`,
	`CREATE INDEX "third" ON "index names" ("a" DESC)`, `CREATE INDEX "index names_b" ON "index names" ("b", "a")`,
}

// awkwardOf are those of one engine: circles, names that differ in case, tables without columns.
func awkwardOf(engine string) []string {
	if engine == dbtest.NamePostgres {
		return []string{
			`CREATE TABLE "Foo" ("a" INTEGER PRIMARY KEY, "A" TEXT NOT NULL, "b" TEXT)`, `CREATE TABLE "empty" ()`,
			`CREATE TABLE "list_key" ("l" INTEGER[] PRIMARY KEY, "t" TEXT)`,
			`CREATE TABLE "store" ("id" SERIAL PRIMARY KEY, "staff" TEXT)`,
			`CREATE TABLE "staff" ("id" SERIAL PRIMARY KEY, "store_id" INTEGER NOT NULL REFERENCES "store" ("id"))`,
			`ALTER TABLE "store" ADD COLUMN "manager_id" INTEGER NOT NULL REFERENCES "staff" ("id")`,
			`CREATE TABLE "hen" ("id" INTEGER PRIMARY KEY)`,
			`CREATE TABLE "egg" ("id" INTEGER PRIMARY KEY REFERENCES "hen" ("id"))`,
			`ALTER TABLE "hen" ADD FOREIGN KEY ("id") REFERENCES "egg" ("id") DEFERRABLE`,
			`CREATE INDEX ON "author" USING hash ("x")`,
		}
	}
	return []string{
		`CREATE TABLE "store" ("id" INTEGER PRIMARY KEY, "staff" TEXT, "manager_id" INTEGER NOT NULL REFERENCES "staff" ("id"))`,
		`CREATE TABLE "staff" ("id" INTEGER PRIMARY KEY, "store_id" INTEGER NOT NULL REFERENCES "store" ("id"))`,
		`CREATE TABLE "hen" ("id" INTEGER PRIMARY KEY REFERENCES "egg" ("id"))`,
		`CREATE TABLE "egg" ("id" INTEGER PRIMARY KEY REFERENCES "hen" ("id"))`,
		`CREATE TABLE "lost" ("id" INTEGER PRIMARY KEY, "x" INTEGER REFERENCES "nowhere" ("id"))`,
		`CREATE TABLE "folded" ("id" INTEGER PRIMARY KEY, "c" TEXT COLLATE NOCASE UNIQUE)`,
		`CREATE TABLE "folds" ("id" INTEGER PRIMARY KEY, "c" TEXT COLLATE NOCASE REFERENCES "folded" ("c"))`,
	}
}

// randomRelations returns tables with hostile names that refer to each other in all ways at random.
func randomRelations(rnd *rand.Rand, engine string) (ddl []string) {
	type table struct {
		name, key string
		pair      [2]string
	}
	relations := map[string]bool{}
	var tables []table
	var later []string
	for range 12 {
		columns := map[string]bool{}
		own := func() string { // without a question mark, with which no model can have a column that rows need
			for {
				if name := hostileName(rnd, columns); !strings.Contains(name, "?") {
					return ident(name)
				}
			}
		}
		t := table{name: ident("rel" + hostileName(rnd, relations)), key: own(), pair: [2]string{own(), own()}}
		if len(t.name) > 60 {
			continue
		}
		parts := []string{t.key + " INTEGER PRIMARY KEY", t.pair[0] + " INTEGER NOT NULL",
			t.pair[1] + " INTEGER"}
		var cols []string
		keys := []string{"UNIQUE (" + t.pair[0] + ", " + t.pair[1] + ")", "UNIQUE (" + t.pair[0] + ")"}
		null := func() string { return []string{"", " NOT NULL"}[rnd.IntN(2)] }
		rules := []string{"", " ON DELETE CASCADE", " ON DELETE SET NULL", " ON UPDATE RESTRICT", " ON DELETE SET DEFAULT",
			" DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED"}
		tables = append(tables, t)
		for range rnd.IntN(4) {
			to := tables[rnd.IntN(len(tables))]
			a, b, rule := own(), own(), rules[rnd.IntN(len(rules))]
			key := "FOREIGN KEY (" + a + ") REFERENCES " + to.name + " (" + []string{to.key, to.pair[0]}[rnd.IntN(2)] + ")"
			if cols = append(cols, a+" INTEGER"+null()); rnd.IntN(2) == 0 {
				cols = append(cols, b+" INTEGER"+null())
				i := rnd.IntN(2)
				key = "FOREIGN KEY (" + a + ", " + b + ") REFERENCES " + to.name + " (" + to.pair[i] + ", " + to.pair[1-i] + ")"
			}
			keys = append(keys, key+rule)
		}
		if rnd.IntN(3) == 0 {
			keys = append(keys, "FOREIGN KEY ("+t.key+") REFERENCES "+tables[rnd.IntN(len(tables))].name)
		}
		if back := tables[rnd.IntN(len(tables))]; engine == dbtest.NamePostgres && rnd.IntN(2) == 0 {
			later = append(later, "ALTER TABLE "+back.name+" ADD COLUMN "+ident(fmt.Sprint("back", len(later)))+
				" INTEGER"+null()+" REFERENCES "+t.name)
		}
		ddl = append(ddl, "CREATE TABLE "+t.name+" ("+strings.Join(append(append(parts, cols...), keys...), ", ")+")")
	}
	return append(ddl, later...)
}

// Ensure that of any tables a package is written that go vet has nothing to say of, that starts, and whose models leave
// a plan nothing to do. One build has the packages of both engines.
func TestHostilePackage(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	dir, dsns := t.TempDir(), map[string]string{}
	engines := map[string]string{dbtest.NameSQLite: dbtest.SQLite(t), dbtest.NamePostgres: dbtest.Postgres(t)}
	for engine, dsn := range engines {
		is := is.New(t)
		ctx := context.Background()
		rnd := rand.New(rand.NewPCG(seed, 2))
		db, err := new(prom.Registry).Open(dsn)
		is.NoErr(err)
		t.Cleanup(func() { is.NoErr(db.Close()) })
		raw, err := db.SQL(ctx)
		is.NoErr(err)
		ddl := append(append(awkward[:len(awkward):len(awkward)], awkwardOf(engine)...), randomRelations(rnd, engine)...)
		for _, statement := range ddl {
			if _, err := raw.ExecContext(ctx, statement); err != nil {
				t.Fatalf("%v\n%s", err, statement)
			}
		}
		var source bytes.Buffer
		is.NoErr(run(ctx, []string{"-dsn", dsn, "-package", engine}, &source))
		for _, want := range toldOf(engine) {
			if !strings.Contains(source.String(), want) {
				t.Errorf("%s: there is no %s", engine, want)
			}
		}
		is.NoErr(os.MkdirAll(filepath.Join(dir, engine), 0o755))
		is.NoErr(os.WriteFile(filepath.Join(dir, engine, "models.go"), source.Bytes(), 0o600))
		is.NoErr(os.WriteFile(filepath.Join(dir, engine, "all.go"), []byte(allRepos(engine, source.String())), 0o600))
		dsns[engine] = dsn
	}
	writeModule(t, dir)
	for _, args := range [][]string{{"vet", "./..."}, {"build", "-o", "hostile", "."}} {
		cmd := dbtest.Go(args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", args[0], err, out)
		}
	}
	for engine, dsn := range dsns {
		cmd := exec.Command(filepath.Join(dir, "hostile"), engine)
		cmd.Env = append(os.Environ(), "PROM_DSN="+dsn)
		if out, err := cmd.CombinedOutput(); err != nil || !strings.HasSuffix(string(out), "0 steps\n") {
			t.Errorf("%s: %v\n%s", engine, err, out)
		}
	}
}

// toldOf is what the source of an engine has to say.
func toldOf(engine string) []string {
	list := []string{
		`prom.CompositeRef[Author] ` + "`" + `prom:"on=code,to=code,ondelete=restrict,onupdate=no action"`,
		`prom:"on='y, x',to='y, x'`, `prom:"on='b2, a2'`, "prom.Many[Book]", `prom:"via='y, x'"`,
		`// The foreign key (a,b, c) to the table "comma" is left out: a column has a name that cannot stand in a list.`,
		`deferrable=no`, "is left out: the key refers to itself",
	}
	if engine == dbtest.NamePostgres {
		return append(list, `// The column "A" differs from "a" only in case`,
			`// No row can be inserted by this model: the required column "A" is not in it.`,
			`// The table "empty" has no columns. It is left out.`,
			`// The foreign key (wide_id) to the table "wide" is left out: the column "wide_id" has the type integer, and the column `+
				`"id" the type bigint.`)
	}
	return append(list, "is left out: this package has no model of that table")
}

// allRepos lists the repos of a source, and reads the rows of each.
func allRepos(engine, source string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n\nimport (\n\"context\"\n\"github.com/prom-go/prom\"\n)\n\nvar ALL = []prom.AnyRepo{\n", engine)
	names := regexp.MustCompile(`([\pL\p{Nd}_]+)\s+= prom.NewRepo`).FindAllStringSubmatch(source, -1)
	for _, m := range names {
		b.WriteString(m[1] + ",\n")
	}
	b.WriteString("}\n\nfunc READ(ctx context.Context) error {\n")
	for _, m := range names {
		b.WriteString("if _, err := " + m[1] + ".All(ctx); err != nil {\nreturn err\n}\n")
	}
	b.WriteString("return nil\n}\n")
	return b.String()
}

// writeModule makes a module of the folder, which requires the library as those of users do, and its program.
func writeModule(t *testing.T, dir string) {
	t.Helper()
	is := is.New(t)
	root, err := filepath.Abs("../..")
	is.NoErr(err)
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	is.NoErr(err)
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	is.NoErr(err)
	const module = "module github.com/prom-go/prom\n"
	text := strings.Replace(string(mod), module, "module example.org/hostile\n\nrequire github.com/prom-go/prom v0.0.0\n\n"+
		"replace github.com/prom-go/prom => "+filepath.ToSlash(root)+"\n", 1)
	for name, content := range map[string]string{"go.mod": text, "go.sum": string(sum), "main.go": `package main

import (
	"context"
	"fmt"
	"os"

	"example.org/hostile/postgres"
	"example.org/hostile/sqlite"
	"github.com/prom-go/prom"
)

func main() {
	ctx, repos, read := context.Background(), sqlite.ALL, sqlite.READ
	if os.Args[1] == "postgres" {
		repos, read = postgres.ALL, postgres.READ
	}
	plan, err := prom.Plan(ctx, repos...)
	if err == nil {
		err = read(ctx)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	n := 0
	for _, s := range plan.Steps {
		switch s.Table {
		case "odd_numbers", "odd_defaults", "Foo": // which need only to compile and to start
		default:
			n++
			fmt.Println(s.Table, s.Reason)
		}
	}
	fmt.Print(n, " steps\n")
}
`} {
		is.NoErr(os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
}
