package cookbook

import (
	"context"
	"time"

	"github.com/prom-go/prom"
)

// StateCount is how many orders have a state, and what they are worth.
type StateCount struct {
	State  string
	Orders int64
	Total  string
}

var stateCount = prom.Proto[StateCount]()

// byState counts the orders of each state.
func byState(ctx context.Context, orders *prom.Repo[Order]) ([]StateCount, error) {
	return prom.Select(orders.Query(), stateCount,
		prom.Col(&stateCount.State, orderState), // no aggregate, so the groups are by it
		prom.Col(&stateCount.Orders, prom.Count(order)),
		prom.Col(&stateCount.Total, prom.SumDecimal(orderTotal)),
	).OrderBy(prom.Count(order).Desc(), orderState.Asc()).All(ctx)
}

// busy returns the customers with at least n orders, by their keys.
func busy(ctx context.Context, orders *prom.Repo[Order], n int64) ([]prom.Pair[int64, int64], error) {
	return prom.Pluck2(orders.Query(), orderCustomer, prom.Count(order)).
		Having(prom.Count(order).Gte(n)).OrderBy(prom.Count(order).Desc()).All(ctx)
}

// ordersOfEach counts the orders of each customer, also of those who have none.
func ordersOfEach(ctx context.Context, customers *prom.Repo[Customer]) ([]prom.Pair[string, int64], error) {
	return prom.Pluck2(customers.OrderBy(customerName.Asc()), customerName, customerOrders.Count()).All(ctx)
}

// Figures are several counts of one table.
type Figures struct {
	All, Open, Large int64
}

var figures = prom.Proto[Figures]()

// count reads the table once.
func count(ctx context.Context, orders *prom.Repo[Order]) (Figures, error) {
	return prom.Select(orders.Query(), figures,
		prom.Col(&figures.All, prom.Count(order)),
		prom.Col(&figures.Open, prom.Count(order).Filter(orderState.Eq("open"))),
		prom.Col(&figures.Large, prom.Count(order).Filter(orderTotal.Gte("100"))),
	).One(ctx)
}

// lastOrders returns the last n orders of each customer.
func lastOrders(ctx context.Context, orders *prom.Repo[Order], n int) ([]Order, error) {
	return prom.LimitBy(orders.OrderBy(orderPlaced.Desc()), n, orderCustomer).
		OrderBy(orderCustomer.Asc(), orderPlaced.Desc()).All(ctx)
}

// revenue is the sum of the orders of each day, as days are in a zone.
func revenue(
	ctx context.Context, orders *prom.Repo[Order], zone *time.Location,
) ([]prom.Pair[time.Time, string], error) {
	day := prom.Date(prom.InZone(orderPlaced, zone))
	return prom.Pluck2(orders.Query(), day, prom.SumDecimal(orderTotal)).OrderBy(day.Asc()).All(ctx)
}

// ordersOfDay returns the orders of a day in a zone. Its conditions can use the index.
func ordersOfDay(
	ctx context.Context, orders *prom.Repo[Order], year int, month time.Month, day int, zone *time.Location,
) ([]Order, error) {
	from, until := time.Date(year, month, day, 0, 0, 0, 0, zone), time.Date(year, month, day+1, 0, 0, 0, 0, zone)
	return orders.Where(orderPlaced.Gte(from), orderPlaced.Lt(until)).OrderBy(orderPlaced.Asc()).All(ctx)
}

// Sold is a row of runningTotal.
type Sold struct {
	Day   time.Time
	Count int
	So    int // the sum of all days so far
}

var sold = prom.Proto[Sold]()

// runningTotal returns the visits of a page on each day, and their sum up to that day.
func runningTotal(ctx context.Context, counts *prom.Repo[Visits], page string) ([]Sold, error) {
	return prom.Select(counts.Where(visitsPage.Eq(page)).OrderBy(visitsDay.Asc()), sold,
		prom.Col(&sold.Day, visitsDay),
		prom.Col(&sold.Count, visitsCount),
		prom.Col(&sold.So, prom.Over(prom.Sum(visitsCount), prom.OrderWindow(visitsDay.Asc()))),
	).All(ctx)
}

// average is the mean total of orders, and 0 without any.
func average(ctx context.Context, orders *prom.Repo[Order]) (string, error) {
	return prom.Scalar(ctx, orders.Query(), prom.OrValue(prom.AvgDecimal(orderTotal, 2), "0"))
}
