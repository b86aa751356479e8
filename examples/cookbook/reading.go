package cookbook

import (
	"context"
	"encoding/csv"
	"io"
	"net/url"
	"strconv"

	"github.com/prom-go/prom"
)

// pageOf returns a page of the products, the first of which has the number 1.
func pageOf(ctx context.Context, products *prom.Repo[Product], number int) (prom.Page[Product], error) {
	return products.OrderBy(productName.Asc(), productID.Asc()).Page(ctx, number, 20)
}

// newest returns the orders behind a cursor, the newest first. The first page has the cursor "".
func newest(ctx context.Context, orders *prom.Repo[Order], cursor string) (prom.KeysetPage[Order], error) {
	return orders.OrderBy(orderPlaced.Desc()).KeysetPage(ctx, cursor, 20)
}

// Search is what a user has filled in. Zero fields do not matter.
type Search struct {
	Name     string
	InStock  bool
	MaxPrice string
}

// search returns the products that a form asks for.
func search(ctx context.Context, products *prom.Repo[Product], s Search) ([]Product, error) {
	return products.Where(
		prom.If(s.Name != "", prom.Fold(productName).Contains(s.Name)),
		prom.If(s.InStock, productStock.Gt(0)),
		prom.If(s.MaxPrice != "", productPrice.Lte(s.MaxPrice)),
	).OrderBy(productName.Asc()).Limit(100).All(ctx)
}

// byURL returns the products that the parameters of a URL ask for, such as price__lte=20&sort=-price&page=2.
func byURL(ctx context.Context, products *prom.Repo[Product], values url.Values) ([]Product, error) {
	filter := prom.NewFilter(products, prom.FilterOn("name"), prom.FilterOn("price"), prom.FilterOn("stock")).
		PageSize(20, 100)
	q, err := filter.Apply(products.Query(), values)
	if err != nil {
		return nil, err
	}
	return q.All(ctx)
}

// byCursor returns the page of a cursor of the products that the parameters of a URL ask for. The first page has none.
func byCursor(ctx context.Context, products *prom.Repo[Product], values url.Values) (prom.KeysetPage[Product], error) {
	filter := prom.NewFilter(products, prom.FilterOn("name"), prom.FilterOn("price"), prom.FilterOn("stock")).
		Sorted(productName.Asc()). // if the URL has no sort
		PageSize(20, 100).
		Ignore("cursor")
	asked, err := filter.Parse(values)
	if err != nil {
		return prom.KeysetPage[Product]{}, err
	}
	return products.Where(asked.Conds...).OrderBy(asked.Orders...).KeysetPage(ctx, values.Get("cursor"), asked.Size)
}

// isTaken reports whether a customer has the address.
func isTaken(ctx context.Context, customers *prom.Repo[Customer], email string) (bool, error) {
	return customers.Where(customerEmail.Eq(email)).Exists(ctx)
}

// Contact is a part of a customer.
type Contact struct {
	Name, Email string
}

// contacts reads two columns, and no others.
func contacts(ctx context.Context, customers *prom.Repo[Customer]) ([]Contact, error) {
	return prom.Into[Contact](customers.OrderBy(customerName.Asc())).All(ctx)
}

var (
	settingsTheme  = prom.JSONText(customerSettings, "theme")
	settingsWeekly = prom.JSONBool(customerSettings, "mail", "weekly")
)

// darkReaders returns the customers with a dark theme who want a mail each week.
func darkReaders(ctx context.Context, customers *prom.Repo[Customer]) ([]Customer, error) {
	return customers.Where(settingsTheme.Eq("dark"), prom.Truth(settingsWeekly)).OrderBy(customerName.Asc()).All(ctx)
}

// triers returns the customers who try a feature: the document contains another one.
func triers(ctx context.Context, customers *prom.Repo[Customer], feature string) ([]Customer, error) {
	return customers.Where(customerSettings.Contains(map[string]any{"beta": []string{feature}})).All(ctx)
}

// setTheme changes one key of the document, and leaves the others.
func setTheme(ctx context.Context, customers *prom.Repo[Customer], id int64, theme string) error {
	_, err := customers.Where(customerID.Eq(id)).Update(ctx, customerSettings.SetPath(theme, "theme"))
	return err
}

// find returns the products with the words that a user has typed, the best first.
func find(ctx context.Context, products *prom.Repo[Product], words string) ([]Product, error) {
	return products.Where(productSearch.Match(words)).
		OrderBy(productSearch.Rank(words).Desc(), productID.Asc()).Limit(20).All(ctx)
}

// writeLines writes all lines as CSV, in the memory of one row.
func writeLines(ctx context.Context, lines *prom.Repo[Line], to io.Writer) error {
	w := csv.NewWriter(to)
	for l, err := range lines.OrderBy(lineID.Asc()).Stream(ctx) {
		if err != nil {
			return err
		}
		record := []string{strconv.FormatInt(l.Product.Key(), 10), strconv.Itoa(l.Quantity), l.Price}
		if err := w.Write(record); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// Shelf is a row of the statement in stockByFirstLetter.
type Shelf struct {
	Letter string
	Pieces int
}

// stockByFirstLetter reads the rows of a statement into a struct.
func stockByFirstLetter(ctx context.Context, products *prom.Repo[Product], least int) ([]Shelf, error) {
	return prom.RawQuery[Shelf](products, `
		SELECT substr(name, 1, 1) AS letter, sum(stock) AS pieces
		FROM product GROUP BY 1 HAVING sum(stock) >= ? ORDER BY 1`, least).All(ctx)
}
