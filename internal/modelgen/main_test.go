package modelgen

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// The models from which the tables are made that models are made from.
type (
	Author struct {
		prom.Model
		Name  string `prom:"nocase,unique,max=100"`
		Email *string
		Best  *prom.RefBy[Book, prom.UUID]
	}
	Book struct {
		ID     prom.UUID        `prom:"key,auto"`
		Author prom.Ref[Author] `prom:"author_id"`
		Shop   prom.RefBy[Shop, string]
		Title  string    `prom:"default=untitled,index"`
		Price  string    `prom:"decimal=12.2,default=1.50"`
		Day    time.Time `prom:"date,default=now"`
		At     *time.Time
		Opens  time.Duration `prom:"clock"`
		Cover  []byte
		Tags   []string
		Facts  map[string]int
		Weird  string `prom:"name=Odd name"`
		Unique bool   `prom:"name=unique"`
		Rank   int16
		Ratio  float64
		Wide   uint64
		Maybe  *bool

		_ struct{} `prom:"unique=shelf,on='author_id, title desc',where='rank > 0'"`
		_ struct{} `prom:"index=folded,on='lower(title), rank desc',include='at, ratio'"`
	}
	Shop struct {
		Code string `prom:"key"`
		Next *prom.RefBy[Shop, string]
	}
	Stock struct {
		Shop prom.RefBy[Shop, string] `prom:"key"`
		Item int32                    `prom:"key"`
	}
)

// TableName keeps the names of others apart from Go's.
func (Stock) TableName() string { return "stock items" }

// Ensure that models made from a database compile, miss nothing in it, and read its rows, whoever made the tables.
// parity: K13
func TestGenerate(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db, err := new(prom.Registry).Open(e.DSN)
		is.NoErr(err)
		t.Cleanup(func() { is.NoErr(db.Close()) })
		books, shops, stock := prom.NewRepo[Book](prom.Using(db)), prom.NewRepo[Shop](prom.Using(db)), prom.NewRepo[Stock](prom.Using(db))
		authors := prom.NewRepo[Author](prom.Using(db))
		author, shop := Author{Name: "Ada"}, Shop{Code: "s"}
		is.NoErr(authors.Create(ctx, &author))
		is.NoErr(shops.Create(ctx, &shop))
		book := Book{Author: prom.NewRef[Author](author.ID), Shop: prom.NewRefBy[Shop](shop.Code), Price: "2",
			Tags: []string{"a"}}
		is.NoErr(books.Create(ctx, &book))
		is.NoErr(stock.Create(ctx, &Stock{Shop: prom.NewRefBy[Shop](shop.Code), Item: 1}))
		raw, err := db.SQL(ctx)
		is.NoErr(err)
		_, err = raw.Exec(`CREATE TABLE "1 legacy" (a INTEGER, b VARCHAR(5) DEFAULT 'x''y', c INTEGER DEFAULT 7, d BOOLEAN NOT NULL DEFAULT true)`)
		is.NoErr(err)
		_, err = raw.Exec("CREATE TABLE \"a\nfunc init() { panic(1) }\n//\" (\"`\"\"\" INTEGER, table_name TEXT DEFAULT '`\n\"', is_new \"c\nd\")")
		if e.Name == dbtest.NamePostgres {
			is.True(err != nil) // there is no such type
			_, err = raw.Exec("CREATE TABLE \"a\nfunc init() { panic(1) }\n//\" (\"`\"\"\" INTEGER, table_name TEXT DEFAULT '`\n\"')")
		}
		is.NoErr(err)
		_, err = raw.Exec(`CREATE INDEX other ON "1 legacy" (a, b DESC)`)
		is.NoErr(err)
		_, err = raw.Exec(`CREATE INDEX expression ON "1 legacy" (lower(b))`)
		is.NoErr(err)
		if e.Name == dbtest.NamePostgres {
			_, err = raw.Exec(`ALTER TABLE "1 legacy" ADD COLUMN place point, ADD COLUMN numbers int[], ADD COLUMN s smallserial,
				ADD COLUMN during tsrange NOT NULL DEFAULT 'empty', ADD COLUMN days daterange, ADD COLUMN spans int8multirange`)
			is.NoErr(err)
		}

		made := `CREATE TABLE made (id INTEGER PRIMARY KEY, a INTEGER NOT NULL, b INTEGER AS (a * 2) VIRTUAL, c TEXT NOT NULL GENERATED ALWAYS AS ('x, ' || a) STORED)`
		if e.Name == dbtest.NamePostgres {
			made = `CREATE TABLE made (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a int NOT NULL, b int GENERATED ALWAYS AS (a * 2) STORED,
				c text NOT NULL GENERATED ALWAYS AS ('x, ' || a) STORED, s bigserial)`
		}
		_, err = raw.Exec(made)
		is.NoErr(err)
		_, err = raw.Exec(`CREATE VIEW seen AS SELECT id, b FROM made`)
		is.NoErr(err)
		var source bytes.Buffer
		is.NoErr(run(ctx, []string{"-dsn", e.DSN, "-package", "main"}, &source))
		is.True(!strings.Contains(source.String(), "type Seen struct"))
		source.Reset()
		is.NoErr(run(ctx, []string{"-dsn", e.DSN, "-package", "main", "-views"}, &source))
		is.True(regexp.MustCompile(`B +\*int(64|32) +.prom:"generated='?\(?a \* 2\)?'?"`).MatchString(source.String()))
		is.True(strings.Contains(source.String(), `''x, ''`))
		is.Equal(strings.Contains(source.String(), `prom:"readonly"`), e.Name == dbtest.NamePostgres)
		is.True(regexp.MustCompile(`_ +struct\{\} +.prom:"view"`).MatchString(source.String()))
		is.Equal(regexp.MustCompile("Place +\\*string +`prom:\"type=point\"`").MatchString(source.String()), e.Name == dbtest.NamePostgres)
		for _, field := range []string{"During +prom.Range\\[time.Time\\] +`prom:\"type=tsrange", "Days +\\*prom.Range\\[time.Time\\] +`prom:\"date\"`",
			"Spans +\\*prom.MultiRange\\[int64\\]\n", "= prom.RangeOf\\(", "= prom.NullRangeOf\\("} {
			is.Equal(regexp.MustCompile(field).MatchString(source.String()), e.Name == dbtest.NamePostgres)
		}
		is.True(strings.Contains(source.String(), `// The index "expression"`))
		if folded := "index=folded,on='lower(title), rank desc',include='at, ratio'"; e.Name == dbtest.NamePostgres {
			is.True(strings.Contains(source.String(), folded))
		} else { // SQLite has no columns besides those of the index
			is.True(strings.Contains(source.String(), "index=folded,on='lower(title), rank desc, at, ratio'") ||
				strings.Contains(source.String(), "index=folded,on='(lower(title)), rank desc, at, ratio'"))
		}
		dir := t.TempDir()
		is.NoErr(os.WriteFile(filepath.Join(dir, "models.go"), source.Bytes(), 0o644))
		is.NoErr(os.WriteFile(filepath.Join(dir, "main.go"), []byte(check(source.String())), 0o644))
		cmd := dbtest.Go("run", filepath.Join(dir, "models.go"), filepath.Join(dir, "main.go"),
			e.With("install=check"))
		cmd.Dir = "../.."
		out, err := cmd.CombinedOutput()
		if err != nil || string(out) != "0 0 1 1 0 1 1 0 \n" {
			t.Errorf("%v\n%s\n%s", err, out, source.String())
		}
	})
}

// check returns a program that makes sure that a database lacks nothing of models, and counts their rows as it reads
// them.
func check(source string) string {
	var b strings.Builder
	b.WriteString("package main\nimport (\n\"context\"\n\"fmt\"\n\"os\"\n\"github.com/prom-go/prom\"\n)\n" +
		"func must(err error) { if err != nil { fmt.Println(err); os.Exit(1) } }\n" +
		"func main() {\nctx := context.Background()\ndb, err := new(prom.Registry).Open(os.Args[1])\nmust(err)\n")
	names := regexp.MustCompile(`(\w+)\s+= prom.NewRepo`).FindAllStringSubmatch(source, -1)
	for _, m := range names {
		b.WriteString("{\nr := " + m[1] +
			".Using(db)\nmust(r.Install(ctx))\nlist, err := r.All(ctx)\nmust(err)\nfmt.Print(len(list), \" \")\n}\n")
	}
	b.WriteString("fmt.Println()\nmust(db.Close())\n}\n")
	return b.String()
}

// run writes the models of a database as promgen does with these arguments.
func run(ctx context.Context, args []string, out io.Writer) error {
	o, dsn, err := Parse(args, io.Discard)
	if err != nil {
		return err
	}
	db, err := new(prom.Registry).Open(dsn)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	source, err := Source(ctx, db, o)
	if err != nil {
		return err
	}
	_, err = out.Write(source)
	return err
}

// Ensure that what cannot be done is said.
func TestRun(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ args, want string }{
		{"-dsn sqlite://:memory: -package a-b", `"a-b" cannot be the name of a package`},
		{"-dsn sqlite://:memory:", "the database has no tables"},
		{"-dsn sqlite://:memory: -tables a", `there is no table "a"`},
		{"-dsn nope://SECRET", "scheme"},
	} {
		is := is.New(t)
		err := run(context.Background(), strings.Fields(tt.args), &bytes.Buffer{})
		is.True(err != nil)
		is.True(strings.Contains(err.Error(), tt.want))
		is.True(!strings.Contains(err.Error(), "SECRET"))
	}
}
