package cookbook

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/prom-go/prom"
)

func TestPage(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		list := make([]Product, 45)
		for i := range list {
			list[i] = Product{SKU: fmt.Sprint(i), Name: fmt.Sprintf("Cup %02d", i), Price: "1"}
		}
		s.NoErr(insertMany(ctx, s.Products, list))
		page, err := pageOf(ctx, s.Products, 3)
		s.NoErr(err)
		s.Equal([]int{len(page.Rows), page.Total, page.Number}, []int{5, 45, 3})
		s.Equal(page.Rows[0].Name, "Cup 40")
		s.True(!page.More)
	})
}

func TestCursor(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		people := s.people(ctx)
		list := make([]Order, 25)
		for i := range list {
			list[i] = Order{Customer: prom.RefTo(&people[0]), Placed: at(1+i, 0), State: "open", Total: "1"}
		}
		s.NoErr(s.Orders.CreateMany(ctx, list))
		first, err := newest(ctx, s.Orders, "")
		s.NoErr(err)
		second, err := newest(ctx, s.Orders, first.Next)
		s.NoErr(err)
		s.Equal([]int{len(first.Rows), len(second.Rows)}, []int{20, 5})
		s.True(first.Rows[0].Placed.Equal(at(25, 0)))
		s.True(second.Rows[4].Placed.Equal(at(1, 0)))
		s.Equal(second.Next, "")
	})
}

func TestSearchForm(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		s.goods(ctx)
		for _, tt := range []struct {
			form Search
			want []string
		}{
			{Search{}, []string{"cup", "tea", "pot"}},
			{Search{Name: "TEA"}, []string{"tea", "pot"}},
			{Search{InStock: true, MaxPrice: "10"}, []string{"tea"}},
		} {
			list, err := search(ctx, s.Products, tt.form)
			s.NoErr(err)
			s.Equal(skus(list), tt.want)
		}
	})
}

func TestURL(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		s.goods(ctx)
		list, err := byURL(ctx, s.Products, url.Values{"price__lte": {"20"}, "sort": {"-price"}})
		s.NoErr(err)
		s.Equal(skus(list), []string{"cup", "tea"})
		first, err := byCursor(ctx, s.Products, url.Values{"price__lte": {"20"}, "sort": {"-price"}, "size": {"1"}})
		s.NoErr(err)
		second, err := byCursor(ctx, s.Products,
			url.Values{"price__lte": {"20"}, "sort": {"-price"}, "size": {"1"}, "cursor": {first.Next}})
		s.NoErr(err)
		s.Equal(append(skus(first.Rows), skus(second.Rows)...), []string{"cup", "tea"})
		_, err = byURL(ctx, s.Products, url.Values{"secret": {"x"}})
		var wrong *prom.FilterError
		s.True(errors.As(err, &wrong))
	})
}

func TestExists(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		s.people(ctx)
		for email, want := range map[string]bool{"ADA@example.com": true, "eve@example.com": false} {
			got, err := isTaken(ctx, s.Customers, email)
			s.NoErr(err)
			s.Equal(got, want)
		}
	})
}

func TestSomeColumns(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		s.people(ctx)
		list, err := contacts(ctx, s.Customers)
		s.NoErr(err)
		s.Equal(list, []Contact{{"Ada", "ada@example.com"}, {"Bob", "bob@example.com"}})
	})
}

func TestJSON(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		people := s.people(ctx)
		list, err := darkReaders(ctx, s.Customers)
		s.NoErr(err)
		s.Equal(whos(list), []string{"Ada"})
		list, err = triers(ctx, s.Customers, "maps")
		s.NoErr(err)
		s.Equal(whos(list), []string{"Ada"})

		s.NoErr(setTheme(ctx, s.Customers, people[0].ID, "light"))
		ada, err := s.Customers.Get(ctx, people[0].ID)
		s.NoErr(err)
		s.Equal(ada.Settings, Settings{Theme: "light", Mail: Mail{Weekly: true}, Beta: []string{"search", "maps"}})
	})
}

func TestFullText(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		s.goods(ctx)
		for words, want := range map[string][]string{
			"mountain teas":     {"tea"},
			"tea -pot mountain": {"tea"},
			`"or coffee"`:       {"cup"},
		} {
			list, err := find(ctx, s.Products, words)
			s.NoErr(err)
			s.Equal(skus(list), want)
		}
	})
}

func TestStream(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		_, orders := s.bought(ctx)
		goods := s.goods(ctx)
		o := prom.RefByTo[prom.UUID](&orders[0])
		list := make([]Line, 2000)
		for i := range list {
			list[i] = Line{Order: o, Product: prom.RefTo(&goods[0]), Quantity: i + 1, Price: "2.00"}
		}
		s.NoErr(s.Lines.CreateMany(ctx, list))
		var out strings.Builder
		s.NoErr(writeLines(ctx, s.Lines, &out))
		s.Equal(strings.Count(out.String(), "\n"), 2000)
		s.True(strings.HasSuffix(out.String(), fmt.Sprintf("%d,2000,2.00\n", goods[0].ID)))
	})
}

func TestRaw(t *testing.T) {
	each(t, func(_ *testing.T, ctx context.Context, s *stocked) {
		s.goods(ctx)
		list, err := stockByFirstLetter(ctx, s.Products, 1)
		s.NoErr(err)
		s.Equal(list, []Shelf{{"G", 10}, {"T", 1}})
	})
}
