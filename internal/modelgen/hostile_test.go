package modelgen

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/schema"
)

// hostileParts are what a text is made of that wants to be code: in a comment, in a tag, between quotes, or as a name.
var hostileParts = []string{
	"\nfunc init() { panic(1) }\n//", "\r\nimport _ \"os\"\n", "`", "`\nvar X = 1\n`", "\"", "\\", "\\n", "\\\"",
	"'", "''", ",", "=",
	"*/", "/*", "//go:embed x", "\n//go:build ignore\n", "\n//line a:1\n", "\r", "\t",
	"\u0085", "\u2028", "\u2029", "\ufeff", "\u202e", "\u200b",
	"\" x:\"", "prom:\"-\"", ",key,auto", ",name=x", ",default='", "${x}", "$1", "?", ";", "--", "(", ")",
	"lower(a)", " desc", " ",
	"}", "{", "\n}\n", "type", "init", "main", "_", "a", "A", "b", "1", "id", "table_name", "is_new", "created",
	"model", "é", "日本", "ǆ", "ß", "😀",
	"string", "prom", "time", "json", "K", "ſ",
}

// hostileName returns a name of some parts that an engine takes as it is.
func hostileName(rnd *rand.Rand, used map[string]bool) string {
	for {
		var b strings.Builder
		for range 1 + rnd.IntN(4) {
			if p := hostileParts[rnd.IntN(len(hostileParts))]; b.Len()+len(p) <= schema.MaxName {
				b.WriteString(p)
			}
		}
		low := schema.FoldName(b.String())
		if low != "" && !used[low] {
			used[low] = true
			return b.String()
		}
	}
}

func ident(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
func lit(s string) string   { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// hostileDatabase returns statements that make tables whose every text wants to be code.
func hostileDatabase(rnd *rand.Rand, engine string) (ddl []string) {
	relations, target := map[string]bool{}, "" // tables, types and indexes have one namespace
	text := func() string { return hostileName(rnd, map[string]bool{}) }
	postgres := engine == dbtest.NamePostgres
	for range 3 {
		table, columns, parts := hostileName(rnd, relations), map[string]bool{}, []string(nil)
		key := hostileName(rnd, columns)
		parts = append(parts, ident(key)+" INTEGER PRIMARY KEY")
		names := []string{hostileName(rnd, columns)}
		check := " CHECK (" + ident(names[0]) + " <> " + lit(text()) + ")"
		parts = append(parts, ident(names[0])+" VARCHAR(70) DEFAULT "+lit(text())+check)
		for range rnd.IntN(3) {
			c := hostileName(rnd, columns)
			typ := hostileName(rnd, relations)
			if postgres {
				ddl = append(ddl, []string{
					"CREATE TYPE " + ident(typ) + " AS ENUM (" + lit(text()) + ")",
					"CREATE DOMAIN " + ident(typ) + " AS text DEFAULT " + lit(text()) +
						" CONSTRAINT " + ident(text()) + " CHECK (VALUE <> " + lit(text()) + ")",
					"CREATE TYPE " + ident(typ) + " AS (" + ident(text()) + " int)",
				}[rnd.IntN(3)])
			}
			parts = append(parts, ident(c)+" "+ident(typ))
		}
		if target != "" {
			parts = append(parts, ident(hostileName(rnd, columns))+" INTEGER REFERENCES "+target)
		}
		target = ident(table)
		ddl = append(ddl, "CREATE TABLE "+target+" ("+strings.Join(parts, ", ")+")")
		other := hostileName(rnd, columns)
		ddl = append(ddl, "ALTER TABLE "+target+" ADD COLUMN "+ident(other)+" VARCHAR(70)")
		names = append(names, other)
		for _, on := range []string{
			ident(names[0]), ident(names[0]) + ", " + ident(other) + " DESC", "lower(" + ident(other) + "), " + ident(key),
			ident(other) + ") WHERE (" + ident(names[0]) + " <> " + lit(text()),
			"(" + ident(names[0]) + " || " + lit(text()) + ")",
		} {
			name := hostileName(rnd, relations)
			if own := table + "_" + name; rnd.IntN(2) == 0 && len(own) <= schema.MaxName && !relations[schema.FoldName(own)] {
				name, relations[schema.FoldName(own)] = own, true
			}
			unique := []string{"", "UNIQUE "}[rnd.IntN(2)]
			ddl = append(ddl, "CREATE "+unique+"INDEX "+ident(name)+" ON "+target+" ("+on+")")
		}
		if postgres {
			ddl = append(ddl, "COMMENT ON TABLE "+target+" IS "+lit(text()),
				"COMMENT ON COLUMN "+target+"."+ident(key)+" IS "+lit(text()))
		}
	}
	return ddl
}

// Ensure that nothing in a database becomes code: the source that is written of it parses to a struct, a repo and
// handles for each table, whose columns are those of the database, and to nothing else. suite: 37
func TestHostileDatabases(t *testing.T) {
	t.Parallel()
	databases := dbtest.Size(60, 250) // of each engine
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		rnd := rand.New(rand.NewPCG(seed, 1))
		db, err := new(prom.Registry).Open(e.DSN)
		is.NoErr(err)
		defer func() { is.NoErr(db.Close()) }()
		raw, err := db.SQL(ctx)
		is.NoErr(err)
		tables, columns, left := 0, 0, 0
		for range databases {
			ddl := hostileDatabase(rnd, e.Name)
			for _, statement := range ddl {
				if _, err := raw.ExecContext(ctx, statement); err != nil {
					t.Fatalf("%v\n%q", err, statement)
				}
			}
			var source bytes.Buffer
			if err := run(ctx, []string{"-dsn", e.DSN, "-package", "models"}, &source); err != nil {
				t.Fatalf("%v\n%q", err, ddl)
			}
			n, c, l, err := compareSource(ctx, db, source.Bytes())
			if err != nil {
				t.Fatalf("%v\n%q\n%s", err, ddl, source.String())
			}
			tables, columns, left = tables+n, columns+c, left+l
			is.NoErr(dropAll(ctx, raw, e.Name))
		}
		dbtest.Reportf(t, 37, "%d databases, %d tables, %d columns, %d left out", databases, tables, columns, left)
	})
}

// gofmtQuotes writes what gofmt takes for quotes in some comments.
var gofmtQuotes = strings.NewReplacer("``", "“", "''", "”")

// compareSource compares what a source declares with what the database has.
func compareSource(ctx context.Context, db *prom.DB, src []byte) (tables, columns, left int, err error) {
	models, comments, err := parseSource("models", src)
	if err != nil {
		return 0, 0, 0, err
	}
	comments = gofmtQuotes.Replace(comments)
	names, err := db.Tables(ctx)
	if err != nil {
		return 0, 0, 0, err
	}
	for _, name := range names {
		m := models[name]
		if m == nil {
			if !strings.Contains(comments, "// The table "+gofmtQuotes.Replace(strconv.Quote(name))) {
				return 0, 0, 0, fmt.Errorf("the table %q is not declared", name)
			}
			left++
			continue
		}
		found, err := db.Describe(ctx, name)
		if err != nil {
			return 0, 0, 0, err
		}
		declared := schema.ColumnNames(m.table.Columns)
		for _, c := range found.Columns {
			i := slices.Index(declared, c.Name)
			switch {
			case i >= 0:
				declared = slices.Delete(declared, i, i+1)
				columns++
			case strings.Contains(comments, "// The column "+gofmtQuotes.Replace(strconv.Quote(c.Name))):
				left++
			default:
				return 0, 0, 0, fmt.Errorf("the column %q of %q is not declared", c.Name, name)
			}
		}
		if len(declared) > 0 {
			return 0, 0, 0, fmt.Errorf("the columns %q of %q are none", declared, name)
		}
		delete(models, name)
		tables++
	}
	if len(models) > 0 {
		return 0, 0, 0, fmt.Errorf("%d models of no table", len(models))
	}
	return tables, columns, left, nil
}

// dropAll empties a database.
func dropAll(ctx context.Context, raw *sql.DB, engine string) error {
	if engine == dbtest.NamePostgres {
		var name string
		if err := raw.QueryRowContext(ctx, "SELECT current_schema()").Scan(&name); err != nil {
			return err
		}
		_, err := raw.ExecContext(ctx, "DROP SCHEMA "+name+" CASCADE; CREATE SCHEMA "+name)
		return err
	}
	rows, err := raw.QueryContext(ctx, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid DESC")
	if err != nil {
		return err
	}
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, name := range names {
		if _, err := raw.ExecContext(ctx, "DROP TABLE "+ident(name)); err != nil {
			return err
		}
	}
	return nil
}

// FuzzSource makes sure of the same for any texts, also those that no engine takes.
func FuzzSource(f *testing.F) {
	for _, p := range hostileParts {
		f.Add(p, p, p, p, p, p)
	}
	f.Fuzz(func(t *testing.T, table, column, typ, def, index, where string) {
		var g generator
		g.pkg = "models"
		columns := []schema.FoundColumn{
			{Name: column, Type: typ, Kind: schema.Text, NotNull: true, Default: lit(def)}, {Name: column + "2", Type: typ},
			{Name: "at", Kind: schema.Time},
		}
		g.add(table, schema.Found{Exists: true, Columns: columns, Indexes: []schema.FoundIndex{
			{Name: table + "_" + index, Columns: []schema.FoundIndexColumn{{Name: column}, {Expr: def}},
				Partial: where != "", Where: where},
			{Name: index, Unique: true, Columns: []schema.FoundIndexColumn{{Name: column, Desc: true}}, Include: []string{"at"}},
			{Name: table + "_" + column, Columns: []schema.FoundIndexColumn{{Name: column}}},
		}}, nil)
		src, err := g.source()
		if err != nil {
			t.Fatal(err)
		}
		models, comments, err := parseSource("models", src)
		if err != nil {
			t.Fatalf("%v\n%s", err, src)
		}
		m := models[table]
		if m == nil {
			if len(models) > 0 || !strings.Contains(comments, "// The table ") {
				t.Fatalf("the table is not declared\n%s", src)
			}
			return
		}
		names := schema.ColumnNames(m.table.Columns)
		if len(models) > 1 || !slices.Equal(names, []string{column, "at"}) && !slices.Equal(names, []string{"at"}) {
			t.Fatalf("the columns are %q\n%s", names, src)
		}
	})
}
