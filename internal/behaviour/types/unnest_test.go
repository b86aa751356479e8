package types_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// shelfmark refers to a listing, so that lists are reached through a reference.
type shelfmark struct {
	prom.Model
	Listing prom.Ref[listing]
	Of      *prom.Ref[listing]
}

var (
	shelfmarkProto   = prom.Proto[shelfmark]()
	shelfmarkID      = prom.NumberOf(shelfmarkProto, &shelfmarkProto.ID)
	shelfmarkListing = prom.RefOf(shelfmarkProto, &shelfmarkProto.Listing)
	shelfmarkOf      = prom.NullRefOf(shelfmarkProto, &shelfmarkProto.Of)
	listingID        = prom.NumberOf(listingProto, &listingProto.ID)
)

// Ensure that a row has a result for each element of its list: alone, in groups, in pages, counted, in subqueries and
// through references, and none when the list is empty or NULL.
func TestUnnest(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		repo, marks := prom.NewRepo[listing](prom.Using(db)), prom.NewRepo[shelfmark](prom.Using(db))
		numbers := []int32{7, 8}
		rows := []listing{{Tags: namedList{"b", "a", "b"}, Nums: &numbers}, {}, {Tags: namedList{"it's", "a"}},
			{Tags: namedList{""}, Nums: &numbers}}
		is.NoErr(repo.CreateMany(ctx, rows))
		of := func(x any, err error) string {
			t.Helper()
			is.NoErr(err)
			return fmt.Sprint(x)
		}
		tag, num := prom.Unnest(listingTags), prom.Unnest(listingNums)
		is.Equal(of(prom.Pluck2(repo.Query(), listingID, tag).OrderBy(listingID.Asc(), tag.Asc()).All(ctx)),
			"[{1 a} {1 b} {1 b} {3 a} {3 it's} {4 }]")
		is.Equal(of(prom.Pluck(repo.Query(), tag).OrderBy(tag.Desc()).Limit(2).Offset(1).All(ctx)), "[b b]")
		is.Equal(of(prom.Pluck(repo.Query(), tag).Count(ctx)), "6")
		is.Equal(of(prom.Pluck(repo.Query(), tag).Distinct().OrderBy(tag.Asc()).All(ctx)), "[ a b it's]")
		is.Equal(of(prom.Pluck(repo.Query(), tag).Distinct().Count(ctx)), "4")
		is.Equal(of(prom.Pluck(repo.Where(listingTags.IsEmpty()), tag).Exists(ctx)), "false")
		is.Equal(of(prom.Pluck(repo.OrderBy(listingID.Asc()).Limit(2), tag).Count(ctx)), "3") // of the page's rows
		is.Equal(of(prom.Pluck2(repo.OrderBy(listingID.Desc()).Limit(2), tag,
			prom.Count(listingProto)).OrderBy(tag.Asc()).All(ctx)), "[{ 1} {a 1} {it's 1}]")
		is.Equal(of(prom.Pluck2(repo.Query(), tag, prom.Count(listingProto)).OrderBy(prom.Count(listingProto).Desc(),
			tag.Asc()).All(ctx)), "[{a 2} {b 2} { 1} {it's 1}]")
		is.Equal(of(prom.Pluck2(repo.Query(), tag,
			prom.CountDistinct(listingID)).Having(tag.Ne("")).OrderBy(tag.Asc()).All(ctx)), "[{a 2} {b 1} {it's 1}]")
		is.Equal(of(prom.Pluck2(repo.Query(), tag, num).OrderBy(num.Asc(), tag.Desc()).All(ctx)),
			"[{b 7} {b 7} {a 7} { 7} {b 8} {b 8} {a 8} { 8}]")
		is.Equal(of(prom.Pluck(repo.Query(), prom.Sum(num)).First(ctx)), "30")
		text, err := prom.Scalar(ctx, repo.Where(listingID.Lt(4)), prom.StringAggDistinct(prom.Upper(tag), "+"))
		is.NoErr(err)
		is.Equal(text, "A+B+IT'S")

		// In subqueries, and through references, of which one leads to nothing.
		is.Equal(of(repo.Where(prom.InQuery(prom.ListAt(listingTags, 0),
			prom.Pluck(repo.Where(listingID.Eq(1)), tag))).Count(ctx)), "1")
		for i, r := range []int{0, 2, 2} {
			mark := shelfmark{Listing: prom.NewRef[listing](rows[r].ID)}
			if i == 1 {
				other := prom.NewRef[listing](rows[0].ID)
				mark.Of = &other
			}
			is.NoErr(marks.Create(ctx, &mark))
		}
		far := prom.Via(shelfmarkListing, tag)
		is.Equal(of(prom.Pluck2(marks.Query(), shelfmarkID, far).OrderBy(shelfmarkID.Asc(), far.Asc()).All(ctx)),
			"[{1 a} {1 b} {1 b} {2 a} {2 it's} {3 a} {3 it's}]")
		is.Equal(of(prom.Pluck2(marks.Query(), far, prom.Count(shelfmarkProto)).OrderBy(far.Asc()).All(ctx)),
			"[{a 3} {b 2} {it's 2}]")
		is.Equal(of(prom.Pluck(marks.Query(), prom.Via(shelfmarkOf, tag)).OrderBy(prom.Via(shelfmarkOf, tag).Asc()).All(ctx)),
			"[a b b]")
		correlated := prom.CorrelatedSubquery(prom.Pluck(repo.Query(), prom.CountDistinct(tag)),
			prom.Match(listingID, prom.Via(shelfmarkListing, listingID)))
		is.Equal(of(prom.Pluck(marks.OrderBy(shelfmarkID.Asc()), correlated).All(ctx)), "[2 2 2]")

		// As rows of their own.
		type tagged struct {
			Tag string
			ID  int64
		}
		proto := prom.Proto[tagged]()
		list := prom.From(prom.Select(repo.Query(), proto, prom.Col(&proto.Tag, tag), prom.Col(&proto.ID, listingID)))
		taggedTag := prom.TextOf(proto, &proto.Tag)
		is.Equal(of(list.Where(taggedTag.HasPrefix("i")).All(ctx)), "[{it's 3}]")
		page, err := list.OrderBy(taggedTag.Asc()).PageAt(ctx, 2, 0)
		is.NoErr(err)
		is.True(len(page.Rows) == 2 && page.Total == 6)
	})
}

// Ensure that elements of every type are what they were in the list.
func TestUnnest_Elements(t *testing.T) {
	t.Parallel()
	at, id := time.Date(2024, 2, 29, 12, 0, 0, 1000, time.UTC), prom.NewUUID()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		repo := prom.NewRepo[listing](prom.Using(kit.Open(t, e.DSN)))
		is.NoErr(repo.Create(ctx, &listing{Floats: []float64{1, 0.30000000000000004}, Flags: []bool{false, true},
			Times: []time.Time{at}, IDs: []prom.UUID{id}, Seals: []grams{{1.5}, {2}}}))
		floats, err := prom.Pluck(repo.Query(), prom.Unnest(listingFloats)).OrderBy(prom.Unnest(listingFloats).Asc()).All(ctx)
		is.NoErr(err)
		is.Equal(floats, []float64{0.30000000000000004, 1})
		flags, err := prom.Pluck2(repo.Query(), prom.Unnest(listingFlags),
			prom.Unnest(listingSeals)).OrderBy(prom.Unnest(listingFlags).Desc()).All(ctx)
		is.NoErr(err)
		is.True(len(flags) == 4 && flags[0].A && !flags[3].A && flags[0].B.n+flags[1].B.n == 3.5)
		times, err := prom.Pluck2(repo.Query(), prom.Unnest(listingTimes), prom.Unnest(listingIDs)).All(ctx)
		is.NoErr(err)
		is.True(len(times) == 1 && times[0].A.Equal(at) && times[0].B == id)
	})
}

// Ensure that elements are refused where only rows are asked for, before any SQL and with the way out.
func TestUnnest_Errors(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		repo := prom.NewRepo[listing](prom.Using(kit.Open(t, e.DSN)))
		tag := prom.Unnest(listingTags)
		failed := func(_ any, err error) error { return err }
		for hint, list := range map[string][]error{
			"From": {
				failed(repo.Where(tag.Eq("a")).All(ctx)), failed(repo.Where(tag.Eq("a")).Count(ctx)), failed(repo.OrderBy(tag.Asc()).All(ctx)),
				failed(prom.Pluck(repo.Where(tag.Eq("a")), tag).All(ctx)), failed(prom.Pluck(repo.OrderBy(tag.Asc()).Limit(1),
					tag).All(ctx)),
				failed(prom.Pluck(repo.Query(), prom.Count(listingProto)).GroupBy(tag).All(ctx)),
				failed(repo.Where(tag.Eq("a")).Delete(ctx)), failed(prom.Pluck(repo.Query(),
					prom.Unnest(prom.ListSlice(listingTags, 0, 1))).All(ctx)),
				failed(repo.Where(prom.Exists(listingProto, repo.Query(), prom.Match(prom.ListAt(listingTags, 0), tag))).All(ctx)),
			},
			"such as Has": {failed(repo.WithoutWhere().Update(ctx, prom.TimeOf(listingProto,
				&listingProto.Created).SetTo(prom.Unnest(listingTimes))))},
		} {
			for i, err := range list {
				if !errors.Is(err, prom.ErrValidation) || !strings.Contains(err.Error(), hint) {
					t.Errorf("%s %d: %v", hint, i, err)
				}
			}
		}
	})
}
