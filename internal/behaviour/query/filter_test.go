package query_test

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Good is what the filters of these tests are about: a column of every kind that can be asked for.
type Good struct {
	prom.Model
	Title  string
	Note   *string
	Views  int8
	Rating float64
	Price  string `prom:"decimal=8.2"`
	Sold   bool
	At     time.Time
	Day    *time.Time    `prom:"date"`
	Opens  time.Duration `prom:"clock"`
	Code   prom.UUID
	Tags   []string
	Secret string
	Size   int
	Parent *prom.Ref[Good]
}

var good = prom.Proto[Good]()

func goodFilter(repo *prom.Repo[Good]) *prom.Filter[Good] {
	return prom.NewFilter(repo, prom.FilterOn("title"), prom.FilterOn("note"), prom.FilterOn("views"),
		prom.FilterOn("rating"),
		prom.FilterOn("price"), prom.FilterOn("sold"), prom.FilterOn("at"), prom.FilterOn("day"), prom.FilterOn("opens"), prom.FilterOn("code"),
		prom.FilterOn("size").As("bytes").Ops(prom.FilterGt).NoSort(), prom.FilterOn("parent"), prom.FilterOn("_id").As("id")).PageSize(10, 20)
}

// Ensure that parameters select, order and page the same rows on both engines.
// parity: Q3 Q5 Q7 Q9 Q11 Q18 Q27 Q30
func TestFilter(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		goods := prom.NewRepo[Good](prom.Using(kit.Open(t, e.DSN)))
		filter := goodFilter(goods)
		day := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
		id := prom.UUID{1, 2, 3}
		is.NoErr(goods.CreateMany(ctx, []Good{
			{Title: "a, b", Note: new("x"), Views: 3, Rating: 0.5, Price: "9.50", Sold: true, At: day.Add(13 * time.Hour),
				Day: &day, Opens: 9 * time.Hour, Code: id, Secret: "s", Size: 7},
			{Title: "100%", Views: -4, Rating: 2, Price: "10.00", At: day.AddDate(1, 0, 0), Opens: 10 * time.Hour,
				Code: prom.UUID{9}, Secret: "s"},
			{Title: "ABC", Note: new(""), Views: 3, Rating: -1, Price: "100.00", At: day.AddDate(0, 1, 0), Opens: 0,
				Code: prom.UUID{8}, Secret: "t", Parent: new(prom.NewRef[Good](1))},
		}))
		for _, tt := range []struct{ params, want string }{
			{"", "1 2 3"},
			{"views=3", "1 3"},
			{"views__eq=3&sold=true", "1"},
			{"views__ne=3", "2"},
			{"views__gt=-4&views__lte=3", "1 3"},
			{"views__between=-4,0", "2"},
			{"views__in=-4,7", "2"},
			{"views__notin=-4", "1 3"},
			{"rating__lt=0.6&sort=rating", "3 1"},
			{"price__gt=9.5", "2 3"}, // as numbers, on SQLite too
			{"title=" + url.QueryEscape("a, b"), "1"},
			{"title__in=" + url.QueryEscape(`a\, b,ABC`), "1 3"},
			{"title__in=ABC&title__in=" + url.QueryEscape("100%"), "2 3"},
			{"title__contains=%25", "2"}, // a percent sign is just that
			{"title__icontains=b", "1 3"},
			{"title__noticontains=b", "2"},
			{"title__notcontains=B", "1 2"},
			{"title__startswith=A", "3"},
			{"title__istartswith=A", "1 3"},
			{"title__endswith=C&title__ieq=abc", "3"},
			{"title__iendswith=c", "3"},
			{"title=" + url.QueryEscape("' OR 1=1; --"), ""},
			{"note__isnull=true", "2"},
			{"note__isnull=0", "1 3"},
			{"note=", "3"}, // the empty text
			{"at__year=2024", "1 3"},
			{"at__year__gt=2024", "2"},
			{"at__month__in=2,3&at__hour=0", "2 3"},
			{"at__day__between=1,28&at__dayofweek__notin=4", "2"},
			{"at__gte=" + url.QueryEscape("2024-02-29T14:00:00+01:00") + "&at__lt=2025-01-01", "1 3"},
			{"day=2024-02-29", "1"},
			{"day__month=2", "1"},
			{"day__isnull=true", "2 3"},
			{"opens__lt=09:30:00", "1 3"},
			{"code=" + id.String(), "1"},
			{"bytes__gt=0", "1"},
			{"parent=1", "3"},
			{"parent__isnull=true&sort=-id", "2 1"},
			{"sort=-views,title&size=2", "3 1"},
			{"sort=-views&sort=-title&size=2&page=2", "2"},
			{"page=2", ""},
			{"note=x&title__contains=", "1"},
		} {
			values, err := url.ParseQuery(tt.params)
			is.NoErr(err)
			q, err := filter.Apply(goods.Query(), values)
			if err != nil {
				t.Errorf("%s: %v", tt.params, err)
				continue
			}
			list, err := q.All(ctx)
			is.NoErr(err)
			var ids []string
			for _, g := range list {
				ids = append(ids, map[int64]string{1: "1", 2: "2", 3: "3"}[g.ID])
			}
			if got := strings.Join(ids, " "); got != tt.want {
				t.Errorf("%s: %s, want %s", tt.params, got, tt.want)
			}
		}

		// A condition of the program's own always holds, and the parts can be had apart.
		q, err := filter.Apply(goods.Where(prom.FieldOf(good, &good.Sold).Eq(true)), url.Values{"views": {"3"}})
		is.NoErr(err)
		n, err := q.Count(ctx)
		is.NoErr(err)
		is.Equal(n, 1)
		asked, err := filter.Parse(url.Values{"size": {"5"}, "page": {"3"}, "views": {"3"}, "sort": {"views"}})
		is.NoErr(err)
		is.Equal([]int{asked.Page, asked.Size, len(asked.Conds), len(asked.Orders)}, []int{3, 5, 1, 2})
	})
}

// Ensure that what is not allowed, wrong or hostile is an error that shows nothing of it, before any SQL.
func TestFilterRefuses(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	goods := prom.NewRepo[Good](prom.In(&prom.Registry{}))
	filter := goodFilter(goods)
	long := strings.Repeat("x", 100_000)
	many := func(s string, n int) []string { return slices.Repeat([]string{s}, n) }
	for _, tt := range []struct {
		param  string
		values []string
		name   string
		says   string
	}{
		{"secret", []string{"s"}, "secret", "no such parameter"},
		{"secret__gt", []string{"s"}, "secret__gt", "allowed: title, note"},
		{"tags", []string{"s"}, "tags", "no such parameter"},
		{"_id", []string{"1"}, "_id", "no such parameter"},
		{"size__gt", []string{"1"}, "size__gt", "no such parameter"},
		{"bytes", []string{"1"}, "bytes", "no such operator or part; allowed: bytes__gt"},
		{"bytes__lt", []string{"1"}, "bytes__lt", "no such operator"},
		{"title__regex", []string{"1"}, "title__regex", "no such operator"},
		{"title__gt__lt", []string{"1"}, "title__gt__lt", "no such operator"},
		{"title__year", []string{"1"}, "title__year", "no such operator"},
		{"title__isnull", []string{"1"}, "title__isnull", "no such operator"},
		{"day__hour", []string{"1"}, "day__hour", "no such operator"},
		{"parent__gt", []string{"1"}, "parent__gt", "no such operator"},
		{"TITLE", []string{"1"}, "TITLE", "no such parameter"},
		{`title"; DROP TABLE good; --`, []string{"1"}, "", "no such parameter"},
		{"title\x00", []string{"1"}, "", "no such parameter"},
		{"\xff\xfe", []string{"1"}, "", "no such parameter"},
		{"<script>", []string{"1"}, "", "no such parameter"},
		{"title__" + long, []string{"1"}, "", "no such operator"},
		{"", []string{"1"}, "", "no such parameter"},
		{"views", []string{"300"}, "views", "whole number"},
		{"views", []string{"3 OR 1=1"}, "views", "whole number"},
		{"views", []string{""}, "views", "whole number"},
		{"views", []string{"3", "4"}, "views", "once"},
		{"views", nil, "views", "once"},
		{"views__in", []string{"1,2,x"}, "views__in", "list of which each is a whole number"},
		{"views__in", []string{""}, "views__in", "list"},
		{"views__in", []string{strings.Repeat("1,", 1001)}, "views__in", "more than 1000 elements"},
		{"views__in", many("1", 1001), "views__in", "more than 1000 elements"},
		{"title__in", []string{strings.Repeat(long, 20)}, "title__in", "too long"},
		{"title__in", []string{long}, "title__in", "text"},
		{"views__between", []string{"1"}, "views__between", "two values"},
		{"views__between", []string{"1,2,3"}, "views__between", "more than 2"},
		{"rating", []string{"NaN"}, "rating", "number"},
		{"rating__gt", []string{"Inf"}, "rating__gt", "number"},
		{"rating__lt", []string{"1e400"}, "rating__lt", "number"},
		{"price", []string{"1.234"}, "price", "number"},
		{"price", []string{"1; DELETE"}, "price", "number"},
		{"sold", []string{"yes"}, "sold", "true or false"},
		{"at", []string{"yesterday"}, "at", "a time such as"},
		{"at__year", []string{"2024.5"}, "at__year", "whole number"},
		{"at__year__in", []string{"1,99999999999999999999"}, "at__year__in", "whole number"},
		{"day", []string{"2024-02-30"}, "day", "a day such as"},
		{"opens", []string{"25:00"}, "opens", "time of day"},
		{"code", []string{"{" + long}, "code", "longer than 1000"},
		{"code", []string{"1234"}, "code", "UUID"},
		{"title", []string{"a\x00b"}, "title", "UTF-8"},
		{"title__contains", []string{"\xff"}, "title__contains", "UTF-8"},
		{"title__contains", []string{long}, "title__contains", "longer than 1000"},
		{"note__isnull", []string{"maybe"}, "note__isnull", "true or false"},
		{"sort", []string{"secret"}, "sort", "allowed: title"},
		{"sort", []string{"bytes"}, "sort", "allowed: title"},
		{"sort", []string{"title,-title"}, "sort", "twice"},
		{"sort", []string{"title;DROP"}, "sort", "allowed"},
		{"sort", []string{strings.Repeat("title,", 100)}, "sort", "more than"},
		{"sort", []string{""}, "sort", "allowed"},
		{"page", []string{"0"}, "page", "from 1"},
		{"page", []string{"-1"}, "page", "from 1"},
		{"page", []string{"+1"}, "page", "from 1"},
		{"page", []string{"99999999999999999999"}, "page", "from 1"},
		{"size", []string{"21"}, "size", "from 1 to 20"},
		{"size", []string{"1", "2"}, "size", "once"},
	} {
		_, err := filter.Apply(goods.Query(), url.Values{tt.param: tt.values, "title": {"fine"}})
		if tt.param == "title" {
			_, err = filter.Apply(goods.Query(), url.Values{tt.param: tt.values})
		}
		var wrong *prom.FilterError
		if !errors.As(err, &wrong) || !errors.Is(err, prom.ErrValidation) {
			t.Errorf("%.60q %.60q is taken: %v", tt.param, tt.values, err)
			continue
		}
		is.Equal(wrong.Param, tt.name)
		text := err.Error()
		if !strings.Contains(text, tt.says) || len(text) > 500 {
			t.Errorf("%.60q %.60q: %.600s", tt.param, tt.values, text)
		}
		for _, r := range text {
			if r < ' ' || r > '~' || r == '<' {
				t.Errorf("%.60q shows %q", tt.param, text)
			}
		}
	}

	// What is to be ignored is, and a mistake in a field is none the less one.
	_, err := filter.Ignore("utm", "token").Parse(url.Values{"utm": {"1"}, "token": {long}})
	is.NoErr(err)
	_, err = filter.Ignore("utm").Parse(url.Values{"other": {"1"}})
	is.True(err != nil)
	_, err = filter.Ignore().Parse(url.Values{"other": {"1"}, "\xff": {"2"}})
	is.NoErr(err)
	_, err = filter.Ignore().Parse(url.Values{"views__regex": {"1"}})
	is.True(err != nil)
}

// Ensure that a filter that makes no sense shows when the program starts.
func TestFilterPanics(t *testing.T) {
	t.Parallel()
	goods := prom.NewRepo[Good](prom.In(&prom.Registry{}))
	for says, make := range map[string]func(){
		"no column \"nope\"":    func() { prom.NewFilter(goods, prom.FilterOn("nope")) },
		"is used already":       func() { prom.NewFilter(goods, prom.FilterOn("size")) },
		"by As":                 func() { prom.NewFilter(goods, prom.FilterOn("title"), prom.FilterOn("title")) },
		"operator \"contains\"": func() { prom.NewFilter(goods, prom.FilterOn("views").Ops(prom.FilterContains)) },
		"operator \"isnull\"":   func() { prom.NewFilter(goods, prom.FilterOn("views").Ops(prom.FilterIsNull)) },
		"no part of that name":  func() { prom.NewFilter(goods, prom.FilterOn("day").Parts("hour")) },
		"has no parts":          func() { prom.NewFilter(goods, prom.FilterOn("title").Parts("year")) },
		"it has no operators":   func() { prom.NewFilter(goods, prom.FilterOn("tags")) },
		"another meaning": func() {
			prom.NewFilter(goods, prom.FilterOn("at"), prom.FilterOn("title").As("at__year"))
		},
		"at most the maximum": func() { goodFilter(goods).PageSize(10, 5) },
	} {
		func() {
			defer func() {
				err := recover()
				text, _ := err.(string)
				if e, ok := err.(error); ok {
					text = e.Error()
				}
				if !strings.Contains(text, says) {
					t.Errorf("%q: %v", says, err)
				}
			}()
			make()
		}()
	}
}

// Ensure that no parameters make a filter panic, or a query that the database refuses.
func FuzzFilter(f *testing.F) {
	goods := prom.NewRepo[Good](prom.Using(kit.Open(f, dbtest.Memory())))
	filter := goodFilter(goods)
	for _, s := range []string{"views__in=1,2", "sort=-views,title&page=2&size=3", "at__year__between=1,2",
		"title__contains=%ff", "note__isnull=1", "price=1.5&opens=10:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		values, err := url.ParseQuery(raw)
		if err != nil {
			return
		}
		q, err := filter.Apply(goods.Query(), values)
		var wrong *prom.FilterError
		if err != nil {
			if !errors.As(err, &wrong) {
				t.Fatal(err)
			}
			return
		}
		if _, err := q.All(context.Background()); err != nil {
			t.Fatal(err)
		}
	})
}
