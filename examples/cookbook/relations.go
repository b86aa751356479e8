package cookbook

import (
	"context"

	"github.com/prom-go/prom"
)

// withOrders returns customers with their last three orders, and the lines and products of these: four statements,
// however many customers there are.
func withOrders(ctx context.Context, customers *prom.Repo[Customer]) ([]Customer, error) {
	return customers.OrderBy(customerName.Asc()).
		With(customerOrders.OrderBy(orderPlaced.Desc()).Limit(3).With(orderLines.With(lineProduct))).
		All(ctx)
}

// place puts a product into a category, or moves it.
func place(ctx context.Context, placements *prom.Repo[Placement], p *Placement) error {
	return placements.Upsert(ctx, p)
}

// shown returns a category with its products in their order, and its placements.
func shown(ctx context.Context, categories *prom.Repo[Category], name string) (*Category, error) {
	return categories.Where(categoryName.Eq(name)).With(
		categoryProducts.OrderByThrough(placementPosition.Asc()),                    // the products alone
		categoryPlacements.Where(placementFeatured.Eq(true)).With(placementProduct), // with the extra columns
	).One(ctx)
}

// setCategories gives a product exactly these categories: others are removed, missing ones are added.
func setCategories(ctx context.Context, products *prom.Repo[Product], p *Product, categories ...*Category) error {
	_, _, err := prom.LinksOf(products, productCategories, p).Set(ctx, categories...)
	return err
}

// inCategory returns the products of a category.
func inCategory(ctx context.Context, products *prom.Repo[Product], name string) ([]Product, error) {
	return products.Where(productCategories.Has(categoryName.Eq(name))).OrderBy(productName.Asc()).All(ctx)
}

// withoutOrders returns the customers who never bought anything.
func withoutOrders(ctx context.Context, customers *prom.Repo[Customer]) ([]Customer, error) {
	return customers.Where(prom.Not(customerOrders.Has())).OrderBy(customerName.Asc()).All(ctx)
}

// byBuyer returns orders by a column of the customer, and in its order.
func byBuyer(ctx context.Context, orders *prom.Repo[Order], level Level) ([]Order, error) {
	return orders.Where(orderCustomer.Has(customerLevel.Eq(level))).
		OrderBy(prom.Via(orderCustomer, customerName).Asc(), orderPlaced.Asc()).With(orderCustomer).All(ctx)
}

// below returns a category and all below it, however deep.
func below(ctx context.Context, categories *prom.Repo[Category], name string) ([]Category, error) {
	top := categoryName.Eq(name)
	return categories.Where(prom.Or(top, prom.DescendantsOf(categoryParent, top))).OrderBy(categoryName.Asc()).All(ctx)
}

// spent fills a computed field of each customer: what the orders have cost.
func spent(ctx context.Context, customers *prom.Repo[Customer]) ([]Customer, error) {
	sum := prom.OrValue(prom.AggregateOf(customerOrders, prom.SumDecimal(orderTotal)), "0")
	return customers.OrderBy(sum.Desc(), customerID.Asc()).Compute(prom.Col(&customer.Spent, sum)).All(ctx)
}
