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

// Ensure that constants become defaults of tags, however the engine writes them, and that nothing else does.
func TestConstantDefaults(t *testing.T) {
	t.Parallel()
	const no = "(none)"
	for name, tt := range map[string]struct{ typ, def, postgres, sqlite string }{
		"text":          {"text", `'a'`, "a", "a"},
		"varchar":       {"varchar(5)", `'a'`, "a", "a"},
		"long":          {"varchar(1)", `('ab')`, no, no},
		"quote":         {"text", `'it''s)'`, "it's)", "it's)"},
		"empty":         {"text", `''`, "", ""},
		"joined":        {"text", `('a'||'b')`, no, no},
		"joined more":   {"text", `(('a')||('b'))`, no, no},
		"called":        {"text", `(upper('a'))`, no, no},
		"neg":           {"integer", `-1`, "-1", "-1"},
		"neg brackets":  {"integer", `(-1)`, "-1", "-1"},
		"plus":          {"integer", `(+1)`, no, "+1"},
		"sum":           {"integer", `(1-1)`, no, no},
		"brackets":      {"bigint", `((7))`, "7", "7"},
		"float":         {"real", `1e3`, "1000", "1e3"},
		"float int":     {"integer", `1e3`, "1000", no},
		"true":          {"boolean", `TRUE`, "true", "TRUE"},
		"now":           {"timestamp", `CURRENT_TIMESTAMP`, "now", "now"},
		"today":         {"date", `CURRENT_DATE`, "now", "now"},
		"date":          {"date", `'2020-02-29'`, "2020-02-29", "2020-02-29"},
		"null":          {"text", `NULL`, no, no},
		"postgres cast": {"text", `'a'::text`, "a", ""},
		"json":          {"jsonb", `'{}'`, no, no}, // whose types differ
		"hex":           {"integer", `0x10`, "", no},
		"bytes":         {"blob", `X'00'`, "", no},
		"random uuid":   {"uuid", `gen_random_uuid()`, no, ""},
		"list":          {"text[]", `'{}'`, no, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
				want := tt.sqlite
				if e.Name == dbtest.NamePostgres {
					want = tt.postgres
				}
				if want == "" && name != "empty" {
					return // the engine does not have it
				}
				is := is.New(t)
				ctx := context.Background()
				db, err := new(prom.Registry).Open(e.DSN)
				is.NoErr(err)
				t.Cleanup(func() { is.NoErr(db.Close()) })
				raw, err := db.SQL(ctx)
				is.NoErr(err)
				_, err = raw.Exec(`CREATE TABLE piece (id integer PRIMARY KEY, c ` + tt.typ + ` DEFAULT ` + tt.def + `)`)
				is.NoErr(err)
				found, err := db.Describe(ctx, "piece")
				is.NoErr(err)
				got, ok := defaultOf(*found.Column("c"))
				if !ok {
					got = no
				}
				is.Equal(got, want)
			})
		})
	}
}

// Ensure that several indexes of one column become tags that make the same ones, each once, and that those which no tag
// makes are told.
func TestSeveralIndexes(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	dsn := dbtest.Postgres(t)
	db, err := new(prom.Registry).Open(dsn)
	is.NoErr(err)
	t.Cleanup(func() { is.NoErr(db.Close()) })
	raw, err := db.SQL(ctx)
	is.NoErr(err)
	for _, text := range []string{
		`CREATE TABLE piece (id bigint PRIMARY KEY, word text NOT NULL, doc jsonb NOT NULL, at bigint)`,
		`CREATE INDEX piece_word ON piece (word)`, `CREATE UNIQUE INDEX piece_only ON piece (word, at) NULLS NOT DISTINCT`,
		`CREATE INDEX piece_part ON piece (word) WHERE id > 3`, `CREATE INDEX piece_doc ON piece USING gin (doc jsonb_path_ops)`,
		`CREATE INDEX piece_hash ON piece USING hash (word)`, `CREATE INDEX theirs ON piece (word text_pattern_ops)`,
		`CREATE INDEX piece_last ON piece (at DESC NULLS LAST)`, `CREATE INDEX piece_c ON piece (word COLLATE "C")`,
	} {
		_, err := raw.Exec(text)
		is.NoErr(err)
	}
	var source bytes.Buffer
	is.NoErr(run(ctx, []string{"-dsn", dsn, "-package", "main"}, &source))
	text := source.String()
	for _, want := range []string{
		"`prom:\"index\"`", "unique=only,on='word, at',nulls=not distinct", "index=part,on=word,where=(id > 3)", `The index "theirs" is one that a tag cannot say`, "index,using=gin,ops=jsonb_path_ops",
		"index=hash,on=word,using=hash", `The index "piece_last" is one that a tag cannot say`, `The index "piece_c" is one that a tag cannot say`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in\n%s", want, text)
		}
	}
	is.Equal(strings.Count(text, "index")-strings.Count(text, "The index"), 4)
}
