package types_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that indexes that count from the end lead to what they say and to nothing else, in reads and conditions.
func TestJSONPath_FromEnd(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[paper](prom.Using(kit.Open(t, e.DSN)))
		for _, doc := range []string{`["a","b","c"]`, `[]`, `{"-1":"no","[#-1]":["x",["y","z"]],"[last]":"no"}`, `"a"`,
			`[[1],[2,3]]`} {
			is.NoErr(repo.Create(ctx, &paper{Doc: documentOf(t, doc)}))
		}
		all := func(x prom.Term[*paper, string]) string {
			t.Helper()
			list, err := prom.Pluck(repo.OrderBy(prom.NumberOf(paperProto, &paperProto.ID).Asc()), prom.OrValue(x, "-")).All(ctx)
			is.NoErr(err)
			return fmt.Sprint(list)
		}
		is.Equal(all(prom.JSONText(paperDoc, -1)), "[c - - - -]")
		is.Equal(all(prom.JSONText(paperDoc, -3)), "[a - - - -]")
		is.Equal(all(prom.JSONText(paperDoc, -4)), "[- - - - -]")
		is.Equal(all(prom.JSONText(paperDoc, "[#-1]", -2)), "[- - x - -]")
		is.Equal(all(prom.JSONText(paperDoc, "[#-1]", -1, 1)), "[- - z - -]")
		is.Equal(all(prom.JSONText(paperDoc, "[#-1]", 1, -2)), "[- - y - -]")
		is.Equal(all(prom.JSONText(paperDoc, "[last]")), "[- - no - -]")
		is.Equal(found(t, repo, paperDoc.HasKey(-2)), []int64{1, 5})
		is.Equal(found(t, repo, prom.JSONInt(paperDoc, -1, -1).Eq(3)), []int64{5})
		ordered, err := prom.Pluck(repo.OrderBy(prom.JSONInt(paperDoc, -1, 0).Asc(),
			prom.JSONText(paperDoc, -1).Desc().NullsLast(), prom.NumberOf(paperProto, &paperProto.ID).Desc()),
			prom.NumberOf(paperProto, &paperProto.ID)).All(ctx)
		is.NoErr(err)
		is.Equal(ordered, []int64{5, 1, 4, 3, 2})
		groups, err := prom.Pluck2(repo.Where(paperDoc.HasKey(-1)), prom.OrNull(prom.JSONText(paperDoc, -1)),
			prom.Count(paperProto)).OrderBy(prom.JSONText(paperDoc, -1).Asc()).All(ctx)
		is.NoErr(err)
		is.True(len(groups) == 2 && *groups[0].A == "c" && groups[1].B == 1)
	})
}

// Ensure that the length and the type of what is in a document are told by PostgreSQL's words, and compared.
func TestJSONAbout(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[paper](prom.Using(kit.Open(t, e.DSN)))
		for _, doc := range []string{`{"a":[1,[2],null]}`, `[]`, `"x"`, `7`, `1.5`, `true`, `false`, `null`, `{"a":{"b":1}}`,
			`{"a":null}`} {
			is.NoErr(repo.Create(ctx, &paper{Doc: documentOf(t, doc)}))
		}
		id := prom.NumberOf(paperProto, &paperProto.ID)
		types, err := prom.Pluck2(repo.OrderBy(id.Asc()), prom.JSONType(paperDoc),
			prom.OrValue(prom.JSONType(paperDoc, "a"), "-")).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(types), "[{object array} {array -} {string -} {number -} {number -} {boolean -} {boolean -} {null -} {object object} {object null}]")
		lengths, err := prom.Pluck2(repo.OrderBy(id.Asc()), prom.OrValue(prom.JSONLen(paperDoc), -1),
			prom.OrValue(prom.JSONLen(paperDoc, "a"), -1)).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(lengths), "[{-1 3} {0 -1} {-1 -1} {-1 -1} {-1 -1} {-1 -1} {-1 -1} {-1 -1} {-1 -1} {-1 -1}]")
		is.Equal(found(t, repo, prom.JSONLen(paperDoc, "a", -2).Eq(1)), []int64{1})
		is.Equal(found(t, repo, prom.JSONType(paperDoc, "a", -1).Eq("null")), []int64{1})
		is.Equal(found(t, repo, prom.JSONType(paperDoc).In("boolean", "null")), []int64{6, 7, 8})
		none, err := prom.Pluck2(repo.Limit(1), prom.OrNull(prom.JSONType(paperMaybe)),
			prom.OrNull(prom.JSONLen(paperMaybe))).All(ctx)
		is.NoErr(err)
		is.True(none[0].A == nil && none[0].B == nil)
		byType, err := prom.Pluck2(repo.Query(), prom.JSONType(paperDoc),
			prom.Count(paperProto)).OrderBy(prom.Count(paperProto).Desc(), prom.JSONType(paperDoc).Asc()).Limit(2).All(ctx)
		is.NoErr(err)
		is.Equal(fmt.Sprint(byType), "[{object 3} {boolean 2}]")
		_, err = repo.Where(prom.JSONLen(paperDoc, 1.5).Eq(1)).Count(ctx)
		is.True(errors.Is(err, prom.ErrValidation))
	})
}

// Ensure that keys are found on both engines as PostgreSQL's ?| and ?& find them, whatever the document and the text of
// the keys.
func TestJSONHasKeys(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 11))
	docs := []paper{{Doc: nil}, {Doc: 1}, {Doc: "a"}, {Doc: ""}, {Doc: []any{"a", 1, nil, []any{"b"}}},
		{Doc: map[string]any{}}, {Doc: []any{}}, {Doc: map[string]any{"a": map[string]any{"b": 1}}}}
	for range 60 {
		object, list := map[string]any{}, []any{}
		for range random.IntN(4) {
			key := hostileKeys[random.IntN(len(hostileKeys))]
			object[key] = []any{nil, 1, "a"}[random.IntN(3)]
			list = append(list, key, random.IntN(2))
		}
		docs = append(docs, paper{Doc: object}, paper{Doc: list}, paper{Doc: hostileKeys[random.IntN(len(hostileKeys))]})
	}
	lists := [][]string{{}, {"a"}, {"a", "a"}, {"b"}, {"1"}, {"a", "b"}}
	for range 80 {
		var keys []string
		for range 1 + random.IntN(3) {
			keys = append(keys, hostileKeys[random.IntN(len(hostileKeys))])
		}
		lists = append(lists, keys)
	}
	has := func(doc any, key string) bool {
		switch d := doc.(type) {
		case map[string]any:
			_, ok := d[key]
			return ok
		case []any:
			return slices.Contains(d, any(key))
		}
		return doc == any(key)
	}
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		repo := prom.NewRepo[paper](prom.Using(kit.Open(t, e.DSN)))
		rows := slices.Clone(docs)
		is.NoErr(repo.CreateMany(context.Background(), rows))
		some := 0
		for _, keys := range lists {
			var anyOf, allOf []int64
			for i := range rows {
				doc := docs[i].Doc
				missing := slices.IndexFunc(keys, func(k string) bool { return !has(doc, k) })
				if slices.ContainsFunc(keys, func(k string) bool { return has(doc, k) }) {
					anyOf = append(anyOf, rows[i].ID)
				}
				if missing < 0 {
					allOf = append(allOf, rows[i].ID)
				}
			}
			if got := found(t, repo, prom.JSONHasAnyKey(paperDoc, keys...)); !slices.Equal(got, anyOf) {
				t.Errorf("any of %q: %v, not %v", keys, got, anyOf)
			}
			if got := found(t, repo, prom.JSONHasAllKeys(paperDoc, keys...)); !slices.Equal(got, allOf) {
				t.Errorf("all of %q: %v, not %v", keys, got, allOf)
			}
			some += len(anyOf)
		}
		is.True(some > 100)
		for _, cond := range []prom.Cond[*paper]{prom.JSONHasAnyKey(paperMaybe, "a"), prom.JSONHasAllKeys(paperMaybe),
			prom.JSONContainedBy(paperMaybe, map[string]any{})} {
			is.Equal(len(found(t, repo, cond))+len(found(t, repo, prom.Not(cond))), 0) // of NULL
		}
		_, err := repo.Where(prom.JSONHasAnyKey(paperDoc, "a\x00")).Count(context.Background())
		is.True(errors.Is(err, prom.ErrValidation))
		n, err := repo.Where(prom.JSONHasAllKeys(paperDoc, "a"),
			prom.JSONType(paperDoc).Eq("object")).Update(context.Background(), paperDoc.SetPath(true, "seen"))
		is.NoErr(err)
		is.True(n == 1 && len(found(t, repo, prom.JSONHasAllKeys(paperDoc, "seen", "a"))) == 1)
	})
}
