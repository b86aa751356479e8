package types_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that values which are neither numbers nor texts are stored as JSON, and that bytes which are no JSON are an
// error and nothing else. parity: W2
func TestStoredAsJSON(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[jar](prom.Using(db))
		p := kit.MustCreate(t, repo, jar{Inside: map[string]any{"a": []any{1.0, "b"}}, Raw: []byte("\x80\x04]\x94.")})
		is.Equal(strings.ReplaceAll(kit.ScanOne[string](t, db, "SELECT CAST(inside AS TEXT) FROM jar"), " ", ""),
			`{"a":[1,"b"]}`)
		is.NoErr(repo.Reload(ctx, p))
		is.Equal(string(p.Raw), "\x80\x04]\x94.") // a list that Python pickled stays bytes
		if e.Name == dbtest.NameSQLite {
			kit.RunSQL(t, db, "UPDATE jar SET inside = raw")
			is.True(errors.Is(repo.Reload(ctx, p), prom.ErrType))
		}
	})
}

type jar struct {
	prom.Model
	Inside map[string]any
	Raw    []byte
}

// paper is a model of documents.
type paper struct {
	prom.Model
	Doc   any
	Maybe *map[string]any
}

var (
	paperProto = prom.Proto[paper]()
	paperDoc   = prom.JSONOf(paperProto, &paperProto.Doc)
	paperMaybe = prom.NullJSONOf(paperProto, &paperProto.Maybe)
)

func documentOf(t *testing.T, text string) (v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(text, err)
	}
	return v
}

// hostileKeys are keys that a path must reach and nothing else.
var hostileKeys = []string{"", " ", "a.b", `"`, `\`, `\"`, "$", "[0]", "0", "it's", "?", "??", "$1", "ü", "\u2028",
	"\n", "\u0001", "*", "a'||'b", "-1", "<&>", "@", "👩", `\u0061`}

// Ensure that what is at a path of a document is read by its type and by nothing else, with the same answers on both
// engines.
func TestJSONPath(t *testing.T) {
	t.Parallel()
	docs := []string{
		`{"s":"text","n":5,"w":7.0,"f":1.5,"b":true,"z":null,"o":{"s":"deep","list":[1,{"s":"x"},"y"]},"big":9007199254740991}`,
		`{"s":5,"n":"5","w":"7","f":"1.5","b":"true","o":[{"s":"no"}]}`, `[{"s":"in a list"}]`, `"s"`, `null`, `{}`, `[]`,
	}
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[paper](prom.Using(kit.Open(t, e.DSN)))
		for _, d := range docs {
			is.NoErr(repo.Create(ctx, &paper{Doc: documentOf(t, d)}))
		}
		count := func(want int, conds ...prom.Cond[*paper]) {
			t.Helper()
			if n, err := repo.Where(conds...).Count(ctx); err != nil || n != want {
				t.Errorf("%d rows, not %d; %v", n, want, err)
			}
		}
		text, deep := prom.JSONText(paperDoc, "s"), prom.JSONText(paperDoc, "o", "list", 1, "s")
		count(1, text.Eq("text"))
		count(6, text.IsNull())
		count(0, text.Eq("5"))
		count(1, text.HasPrefix("te"), text.Contains("ex"), prom.Fold(text).Eq("TEXT"), text.Like("t%t"),
			text.In("text", "x"))
		count(1, deep.Eq("x"))
		count(1, prom.JSONText(paperDoc, 0, "s").Eq("in a list"))
		count(1, prom.JSONText(paperDoc, "o", 0, "s").Eq("no"))
		count(0, prom.JSONText(paperDoc, "o", "0", "s").NotNull())
		count(0, prom.JSONText(paperDoc, "o", "list", "s").NotNull()) // no key of a list
		count(1, prom.JSONInt(paperDoc, "n").Eq(5))
		count(1, prom.JSONInt(paperDoc, "w").Eq(7))
		count(0, prom.JSONInt(paperDoc, "f").NotNull())
		count(1, prom.JSONNumber(paperDoc, "f").Gt(1.4))
		count(1, prom.JSONNumber(paperDoc, "n").Between(4.5, 5))
		count(1, prom.JSONBool(paperDoc, "b").Eq(true))
		count(1, prom.Truth(prom.JSONBool(paperDoc, "b")))
		count(1, prom.JSONPath[namedInt](paperDoc, "o", "list", 0).Eq(1))
		count(0, prom.JSONText(paperMaybe, "s").NotNull())
		count(1, paperDoc.HasKey("z"))
		count(1, paperDoc.HasKey("o", "list", 2))
		count(0, paperDoc.HasKey("o", "list", 3))
		count(1, paperDoc.HasKey("o", 0))
		count(len(docs), prom.Not(paperDoc.HasKey("nope")))
		count(len(docs), prom.Not(paperMaybe.HasKey("nope")))

		big, err := prom.Pluck(repo.OrderBy(prom.JSONInt(paperDoc, "n").Asc()),
			prom.OrNull(prom.JSONInt(paperDoc, "big"))).All(ctx)
		is.NoErr(err)
		is.True(big[0] != nil && *big[0] == 9007199254740991 && big[1] == nil)
		subs, err := prom.Pluck(repo.Where(paperDoc.HasKey("o", "s")), prom.JSONPath[map[string]any](paperDoc, "o")).All(ctx)
		is.NoErr(err)
		is.Equal(subs, []map[string]any{{"s": "deep", "list": []any{1.0, map[string]any{"s": "x"}, "y"}}})
		total, err := prom.Pluck(repo.Query(), prom.Sum(prom.JSONNumber(paperDoc, "f"))).First(ctx)
		is.NoErr(err)
		is.Equal(total, 1.5)

		for _, cond := range []prom.Cond[*paper]{
			prom.JSONText(paperDoc).Eq("x"), prom.JSONText(paperDoc, math.MinInt32).Eq("x"), prom.JSONText(paperDoc,
				1.5).Eq("x"), prom.JSONText(paperDoc, "\x00").Eq("x"),
			prom.JSONPath[[]byte](paperDoc, "s").NotNull(), prom.JSONPath[uint64](paperDoc, "n").Eq(5), paperDoc.HasKey(),
		} {
			_, err := repo.Where(cond).Count(ctx)
			is.True(err != nil)
		}
	})
}

// Ensure that a key of any text is reached by a path, read, set and removed, and is that key alone.
func TestJSONKeys(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[paper](prom.Using(kit.Open(t, e.DSN)))
		doc := map[string]any{}
		for _, k := range hostileKeys {
			doc[k] = map[string]any{k: k}
		}
		p := paper{Doc: doc}
		is.NoErr(repo.Create(ctx, &p))
		for _, k := range hostileKeys {
			n, err := repo.Where(prom.JSONText(paperDoc, k, k).Eq(k), paperDoc.HasKey(k),
				paperDoc.Contains(map[string]any{k: map[string]string{k: k}})).Count(ctx)
			if err != nil || n != 1 {
				t.Errorf("the key %q: %d rows, %v", k, n, err)
			}
			_, err = repo.WithoutWhere().Update(ctx, paperDoc.SetPath(k+"!", k, k))
			is.NoErr(err)
			doc[k] = map[string]any{k: k + "!"}
			is.NoErr(repo.Reload(ctx, &p))
			is.Equal(p.Doc, any(doc))
			_, err = repo.WithoutWhere().Update(ctx, paperDoc.Merge(map[string]any{k: map[string]any{k: nil, k + "2": 1}}))
			is.NoErr(err)
			doc[k] = map[string]any{k + "2": 1.0}
			is.NoErr(repo.Reload(ctx, &p))
			is.Equal(p.Doc, any(doc))
			_, err = repo.WithoutWhere().Update(ctx, paperDoc.RemovePath(k))
			is.NoErr(err)
			delete(doc, k)
			is.NoErr(repo.Reload(ctx, &p))
			is.Equal(p.Doc, any(doc))
		}
		is.Equal(len(doc), 0)
	})
}

// Ensure that changes inside a document do what they say on both engines, and leave alone what they do not fit.
func TestJSONChanges(t *testing.T) {
	t.Parallel()
	merge := func(doc string) func(t *testing.T) prom.Assign[*paper] {
		return func(t *testing.T) prom.Assign[*paper] { return paperDoc.Merge(documentOf(t, doc)) }
	}
	set := func(v any, path ...any) func(t *testing.T) prom.Assign[*paper] {
		return func(*testing.T) prom.Assign[*paper] { return paperDoc.SetPath(v, path...) }
	}
	remove := func(path ...any) func(t *testing.T) prom.Assign[*paper] {
		return func(*testing.T) prom.Assign[*paper] { return paperDoc.RemovePath(path...) }
	}
	cases := []struct {
		doc, want string
		assign    func(t *testing.T) prom.Assign[*paper]
	}{
		{`{"a":1}`, `{"a":2}`, set(2, "a")},
		{`{"a":1}`, `{"a":1,"b":{"c":[null]}}`, set(map[string]any{"c": []any{nil}}, "b")},
		{`{"a":1}`, `{"a":null}`, set(nil, "a")},
		{`{"a":1}`, `{"a":1}`, set(2, "b", "c")}, // nothing to put it into
		{`{"a":1}`, `{"a":1}`, set(2, 0)},
		{`{"a":{"b":[1,2]}}`, `{"a":{"b":[1,"x"]}}`, set("x", "a", "b", 1)},
		{`{"a":{"b":[1,2]}}`, `{"a":{"b":[1,2,"x"]}}`, set("x", "a", "b", 2)},
		{`{"a":{"b":[1,2]}}`, `{"a":{"b":[1,2,"x"]}}`, set("x", "a", "b", 9)},
		{`{"a":{"b":[1,2]}}`, `{"a":{"b":[1,2]}}`, set("x", "a", "b", "0")},
		{`[]`, `["x"]`, set("x", 0)},
		{`7`, `7`, set("x", "a")},
		{`null`, `null`, set("x", "a")},
		{`{"a":{"b":[1,2]}}`, `{"a":{"b":[1]}}`, remove("a", "b", 1)},
		{`{"a":{"b":[1,2]}}`, `{"a":{"b":[1,2]}}`, remove("a", "b", 2)},
		{`{"a":{"b":[1,2]}}`, `{"a":{}}`, remove("a", "b")},
		{`{"a":{"b":[1,2]}}`, `{"a":{"b":[1,2]}}`, remove("a", "c")},
		{`{"a":{"b":[1,2]}}`, `{"a":{"b":[1,2]}}`, remove("a", "b", "1")},
		{`["a","b"]`, `["b"]`, remove(0)},
		{`"a"`, `"a"`, remove("a")},
		// From the end, where there must be an element.
		{`{"a":{"b":[1,2]}}`, `{"a":{"b":[1,"x"]}}`, set("x", "a", "b", -1)},
		{`{"a":{"b":[1,2]}}`, `{"a":{"b":["x",2]}}`, set("x", "a", "b", -2)},
		{`{"a":{"b":[1,2]}}`, `{"a":{"b":[1,2]}}`, set("x", "a", "b", -3)},
		{`{"a":{"b":[1,2]}}`, `{"a":{"b":[1,2]}}`, set("x", "a", -1)},
		{`[]`, `[]`, set("x", -1)},
		{`[1,{"b":[[2,3]]}]`, `[1,{"b":[[2,"x"]]}]`, set("x", -1, "b", -1, 1)},
		{`[1,{"b":[[2,3]]}]`, `[1,{"b":[[2,3,"x"]]}]`, set("x", -1, "b", -1, 5)},
		{`[1,{"b":[null,null]}]`, `[1,{"b":[null,"x"]}]`, set("x", -1, "b", -1)},
		{`[1,{"b":1}]`, `[1,{"b":1,"c":"x"}]`, set("x", -1, "c")},
		{`[1,{"b":1}]`, `[1,{"b":1}]`, set("x", -2, "c")},
		{`[1,{"b":1}]`, `[1,{}]`, remove(-1, "b")},
		{`[1,2,3]`, `[1,2]`, remove(-1)},
		{`[1,2,3]`, `[2,3]`, remove(-3)},
		{`[1,2,3]`, `[1,2,3]`, remove(-4)},
		{`{"-1":1}`, `{"-1":1}`, remove(-1)},
		// The examples of RFC 7396, appendix A, whose patches are objects.
		{`{"a":"b"}`, `{"a":"c"}`, merge(`{"a":"c"}`)},
		{`{"a":"b"}`, `{"a":"b","b":"c"}`, merge(`{"b":"c"}`)},
		{`{"a":"b"}`, `{}`, merge(`{"a":null}`)},
		{`{"a":"b","b":"c"}`, `{"b":"c"}`, merge(`{"a":null}`)},
		{`{"a":["b"]}`, `{"a":"c"}`, merge(`{"a":"c"}`)},
		{`{"a":"c"}`, `{"a":["b"]}`, merge(`{"a":["b"]}`)},
		{`{"a":{"b":"c"}}`, `{"a":{"b":"d"}}`, merge(`{"a":{"b":"d","c":null}}`)},
		{`{"a":[{"b":"c"}]}`, `{"a":[1]}`, merge(`{"a":[1]}`)},
		{`{"e":null}`, `{"e":null,"a":1}`, merge(`{"a":1}`)},
		{`[1,2]`, `{"a":"b"}`, merge(`{"a":"b","c":null}`)},
		{`{}`, `{"a":{"bb":{}}}`, merge(`{"a":{"bb":{"ccc":null}}}`)},
		{`{"a":[{"b":1}]}`, `{"a":{"0":{"c":2}}}`, merge(`{"a":{"0":{"c":2}}}`)},
	}
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[paper](prom.Using(kit.Open(t, e.DSN)))
		for _, c := range cases {
			p := paper{Doc: documentOf(t, c.doc)}
			is.NoErr(repo.Create(ctx, &p))
			_, err := repo.WithoutWhere().Update(ctx, c.assign(t))
			is.NoErr(err)
			is.NoErr(repo.Reload(ctx, &p))
			if !reflect.DeepEqual(p.Doc, documentOf(t, c.want)) {
				t.Errorf("%s became %v, not %s", c.doc, p.Doc, c.want)
			}
			is.NoErr(repo.Delete(ctx, &p))
		}

		p := paper{}
		is.NoErr(repo.Create(ctx, &p))
		_, err := repo.WithoutWhere().Update(ctx, paperMaybe.SetPath(1, "a"))
		is.NoErr(err)
		is.NoErr(repo.Reload(ctx, &p))
		is.Equal(p.Maybe, nil) // NULL stays NULL
		_, err = repo.WithoutWhere().Update(ctx, paperMaybe.Merge(map[string]int{"a": 1}))
		is.NoErr(err)
		is.NoErr(repo.Reload(ctx, &p))
		is.Equal(*p.Maybe, map[string]any{"a": 1.0})
		for _, assign := range []prom.Assign[*paper]{
			paperDoc.SetPath(1), paperDoc.RemovePath(), paperDoc.Merge([]int{1}), paperDoc.Merge(nil), paperDoc.SetPath("\x00",
				"a"), paperDoc.SetPath(math.NaN(), "a"),
			paperDoc.SetPath(1, "a", math.MaxInt32+1), paperDoc.RemovePath("a", 'x'),
		} {
			_, err := repo.WithoutWhere().Update(ctx, assign)
			is.True(err != nil)
		}
	})
}

// Ensure that one document contains another on SQLite if and only if it does on PostgreSQL, for many documents.
func TestJSONContains(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := context.Background()
	random := rand.New(rand.NewPCG(3, 5))
	var value func(depth int) any
	value = func(depth int) any {
		scalars := []any{nil, true, false, 0, 1, 1.5, "", "a", "1", json.Number("1.0"), json.Number("10e-1")}
		switch n := random.IntN(8); {
		case depth == 0 || n < 3:
			return scalars[random.IntN(len(scalars))]
		case n < 6:
			m := map[string]any{}
			for range random.IntN(3) {
				m[string(rune('a'+random.IntN(3)))] = value(depth - 1)
			}
			return m
		}
		list := []any{}
		for range random.IntN(4) {
			list = append(list, value(depth-1))
		}
		return list
	}
	docs := make([]paper, 150)
	for i := range docs {
		docs[i].Doc = value(3)
	}
	docs = append(docs, paper{Doc: []any{"a", 1}}, paper{Doc: "a"}, paper{Doc: []any{[]any{"a"}}})
	parts := make([]any, 60)
	for i := range parts {
		parts[i] = value(2)
	}
	parts = append(parts, "a", []any{"a"}, []any{}, map[string]any{}, 1)
	answers := map[string][][]int64{}
	for engine, dsn := range map[string]string{dbtest.NameSQLite: dbtest.SQLite(t),
		dbtest.NamePostgres: dbtest.Postgres(t)} {
		repo := prom.NewRepo[paper](prom.Using(kit.Open(t, dsn)))
		is.NoErr(repo.CreateMany(ctx, slices.Clone(docs)))
		for _, part := range parts {
			answers[engine] = append(answers[engine], found(t, repo, paperDoc.Contains(part)),
				found(t, repo, prom.JSONContainedBy(paperDoc, part)))
		}
		n, err := repo.Where(prom.Or(paperMaybe.Contains(map[string]any{}),
			prom.Not(paperMaybe.Contains(map[string]any{})))).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 0) // of NULL
	}
	some := 0
	for i := range 2 * len(parts) {
		lite, pg := answers[dbtest.NameSQLite][i], answers[dbtest.NamePostgres][i]
		if !slices.Equal(lite, pg) {
			text, _ := json.Marshal(parts[i/2])
			t.Errorf("%d of %s: %v on SQLite and %v on PostgreSQL", i%2, text, lite, pg)
		}
		some += len(pg)
	}
	is.True(some > 300)
}

// sums has decimals to add up.
type sums struct {
	prom.Model
	Group int
	Price string  `prom:"decimal=30.10"`
	Tip   *string `prom:"decimal=12.2"`
}

var sumsProto = prom.Proto[sums]()

// Ensure that decimals are added up exactly, also in groups, in windows, filtered and once for equal ones. parity: B12
// Q26
func TestDecimalSum(t *testing.T) {
	t.Parallel()
	price := prom.OrderedOf(sumsProto, &sumsProto.Price)
	tip := prom.NullOrderedOf(sumsProto, &sumsProto.Tip)
	group := prom.NumberOf(sumsProto, &sumsProto.Group)
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[sums](prom.Using(kit.Open(t, e.DSN)))
		none, err := prom.Pluck(repo.Query(), prom.OrNull(prom.SumDecimal(price))).First(ctx)
		is.NoErr(err)
		is.Equal(none, nil)
		cent := "0.01"
		rows := []sums{{Group: 1, Price: "0.1"}, {Group: 1, Price: "0.2", Tip: &cent},
			{Group: 2, Price: "-12345678901234567890.0000000001"}, {Group: 2, Price: "0.1", Tip: &cent}}
		is.NoErr(repo.CreateMany(ctx, rows))
		sum, err := prom.Pluck(repo.Query(), prom.SumDecimal(price)).First(ctx)
		is.NoErr(err)
		is.Equal(sum, "-12345678901234567889.6000000001")
		tips, err := prom.Pluck(repo.Query(), prom.SumDecimal(tip)).First(ctx)
		is.NoErr(err)
		is.Equal(tips, "0.02")
		groups, err := prom.Pluck(repo.OrderBy(group.Asc()), prom.SumDecimal(price)).GroupBy(group).All(ctx)
		is.NoErr(err)
		is.Equal(groups, []string{"0.3000000000", "-12345678901234567889.9000000001"})
		n, err := repo.Where(price.Gt("0.15")).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
	})
}
