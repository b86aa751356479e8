package types_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// badge is a document whose struct would join equal keys, and keep a value that null follows.
type badge struct {
	Role string
	In   map[string]int
	Ptr  *struct{ A, B int }
	List []struct{ A, B int }
}

// pass is a model of documents in which others wrote keys twice.
type pass struct {
	prom.Model
	Badge badge
	Any   any
	Map   map[string]badge
	Raw   json.RawMessage
	Maybe *badge
}

var (
	passProto = prom.Proto[pass]()
	passBadge = prom.JSONOf(passProto, &passProto.Badge)
	passAny   = prom.JSONOf(passProto, &passProto.Any)
	passRaw   = prom.JSONOf(passProto, &passProto.Raw)
)

const twice = `{"Role":"admin","Role":"user","In":{"a":1,"b":1},"In":{"a":2},"Ptr":{"A":1,"B":1},"Ptr":{"A":2},"List":[{"A":1,"B":1}],"List":[{"A":2}],` +
	`"deep":[{"x":{"y":1},"\u0078":{"z":2}}]}`

// Ensure that of equal keys in a document the last counts, for conditions, values that are read, changes and Go, on
// both engines, whoever wrote it.
func TestJSONEqualKeys(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		passes := prom.NewRepo[pass](prom.Using(db))
		kit.MustCreate(t, passes, pass{Raw: json.RawMessage("1")})
		reset := func() {
			kit.RunSQL(t, db, fmt.Sprintf(`UPDATE pass SET badge = '%[1]s', "any" = '%[1]s', maybe = '%[1]s', raw = '%[1]s', map = '{"k":{"Role":"x"},"k":%[1]s}'`, twice))
		}
		count := func(want int, conds ...prom.Cond[*pass]) {
			t.Helper()
			if n := kit.Count(t, passes.Where(conds...)); n != want {
				t.Errorf("%d rows, not %d", n, want)
			}
		}
		reset()
		for _, doc := range []query{passBadge, passAny, passRaw} {
			count(1, prom.JSONText(doc, "Role").Eq("user"), prom.JSONInt(doc, "In", "a").Eq(2),
				prom.JSONInt(doc, "List", 0, "A").Eq(2))
			count(0, prom.JSONText(doc, "Role").Eq("admin"))
			count(0, prom.JSONInt(doc, "In", "b").NotNull())
			count(1, prom.JSONInt(doc, "deep", 0, "x", "z").Eq(2))
			count(0, prom.JSONInt(doc, "deep", 0, "x", "y").NotNull())
		}
		count(0, passBadge.HasKey("In", "b"))
		count(1, passBadge.HasKey("In", "a"))
		count(1, passBadge.Contains(map[string]any{"Role": "user", "In": map[string]int{"a": 2}}))
		count(0, passBadge.Contains(map[string]any{"Role": "admin"}))
		count(0, passBadge.Contains(map[string]any{"In": map[string]int{"b": 1}}))
		doc, err := prom.Pluck(passes.Query(), prom.JSONPath[json.RawMessage](passAny, "deep", 0)).First(ctx)
		is.NoErr(err)
		is.Equal(strings.Replace(strings.ReplaceAll(string(doc), " ", ""), `\u0078`, "x", 1), `{"x":{"z":2}}`)

		want := badge{Role: "user", In: map[string]int{"a": 2}, Ptr: &struct{ A, B int }{2, 0},
			List: []struct{ A, B int }{{2, 0}}}
		check := func(p *pass, err error) {
			t.Helper()
			is.Helper()
			is.NoErr(err)
			is.Equal(p.Badge, want)
			is.Equal(*p.Maybe, want)
			is.Equal(p.Map["k"], want)
			is.Equal(len(passes.Modified(p)), 0)
		}
		check(passes.Query().First(ctx))
		check(passes.Query().Only(passBadge, prom.NullJSONOf(passProto, &passProto.Maybe),
			prom.JSONOf(passProto, &passProto.Map)).First(ctx))
		raw, err := prom.RawQuery[pass](passes, "SELECT * FROM pass").First(ctx)
		check(&raw, err)
		kit.RunSQL(t, db, `UPDATE pass SET badge = '{"Role":"admin","Role":null}'`)
		p, err := passes.Query().First(ctx)
		is.NoErr(err)
		is.Equal(p.Badge.Role, "")

		// A change leaves one of equal keys.
		for name, a := range map[string]prom.Assign[*pass]{
			"set": passAny.SetPath("new", "Role"), "merge": passAny.Merge(map[string]any{"Role": "new",
				"In": map[string]any{"c": 3}}),
			"remove": passAny.RemovePath("Role"), "deep": passAny.SetPath("new", "deep", 0, "x",
				"z"), "nothing": passAny.SetPath(1, "no", "way"),
		} {
			reset()
			_, err := passes.WithoutWhere().Update(ctx, a)
			is.NoErr(err)
			text := strings.ReplaceAll(kit.ScanOne[string](t, db, `SELECT CAST("any" AS TEXT) FROM pass`), " ", "")
			for _, gone := range []string{"admin", `"b"`, `"y"`, map[string]string{"nothing": "new"}[name]} {
				if gone != "" && strings.Contains(text, gone) {
					t.Errorf("%s: the document is %s", name, text)
				}
			}
			if name == "remove" {
				is.True(!strings.Contains(text, "Role"))
			}
		}
		reset()
		saved, err := passes.Query().First(ctx)
		is.NoErr(err)
		saved.Badge.Role = "new"
		is.NoErr(passes.Save(ctx, saved))
		count(1, prom.JSONText(passBadge, "Role").Eq("new"), prom.JSONInt(passBadge, "deep", 0, "x", "z").Eq(2))

		// What prom writes has no equal keys.
		for name, write := range map[string]func(p *pass) error{
			"create": func(p *pass) error { return passes.Create(ctx, p) },
			"many":   func(p *pass) error { return passes.CreateMany(ctx, []pass{*p, *p}) },
			"set": func(p *pass) error {
				_, err := passes.WithoutWhere().Update(ctx, passRaw.Set(p.Raw), passAny.SetPath(p.Raw, "x"))
				return err
			},
			"restore": func(*pass) error {
				var dump bytes.Buffer
				if err := prom.Dump(ctx, &dump, passes); err != nil {
					return err
				}
				if err := prom.UnsafeClear(ctx, passes); err != nil {
					return err
				}
				return prom.Restore(ctx, &dump, passes)
			},
		} {
			is.NoErr(prom.UnsafeClear(ctx, passes))
			kit.MustCreate(t, passes, pass{Raw: json.RawMessage("1"), Any: map[string]any{}})
			if name == "restore" {
				reset()
			}
			is.NoErr(write(&pass{Raw: json.RawMessage(twice), Any: []any{json.RawMessage(twice)}}))
			texts := kit.ScanOne[string](t, db, map[string]string{
				dbtest.NameSQLite: `SELECT group_concat(raw || "any") FROM pass`, dbtest.NamePostgres: `SELECT string_agg(raw::text || "any"::text, ',') FROM pass`}[e.Name])
			if strings.Contains(texts, "admin") || !strings.Contains(texts, "user") {
				t.Errorf("%s: stored is %s", name, texts)
			}
		}
	})
}

type query interface{ prom.JSONColumn[*pass] }
