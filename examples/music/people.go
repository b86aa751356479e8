package main

import (
	"context"
	"time"

	"github.com/prom-go/prom"
)

// year returns the condition that an invoice is of a year. A range of instants, and not Year(), so that an index on
// them is of use.
func year(y int) prom.Cond[*Invoice] {
	return prom.And(invoiceAt.Gte(time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC)),
		invoiceAt.Lt(time.Date(y+1, 1, 1, 0, 0, 0, 0, time.UTC)))
}

// Inactive returns the customers without an invoice in a year.
func (s Shop) Inactive(y int) *prom.Query[Customer] {
	return s.customers.Where(prom.Not(customerInvoices.Has(year(y)))).OrderBy(customerID.Asc())
}

// InactiveToo is the same without the relation. [prom.Exists] takes any query and any values that link its rows to the
// row.
func (s Shop) InactiveToo(y int) *prom.Query[Customer] {
	invoiced := prom.Exists(customer, s.invoices.Where(year(y)), prom.Match(invoiceCustomer, customerID))
	return s.customers.Where(prom.Not(invoiced)).OrderBy(customerID.Asc())
}

// Seller is an employee with what the customers in their care have bought.
type Seller struct {
	ID        int64
	Name      string
	Boss      *string
	Customers int64
	Revenue   int64
}

var seller = prom.Proto[Seller]()

// Below returns everybody below a manager, to any depth, with their sales. Aggregates over relations nest: a sum over
// customers of sums over their invoices.
func (s Shop) Below(ctx context.Context, manager int64) ([]Seller, error) {
	bought := prom.AggregateOf(customerInvoices, prom.Sum(invoiceCents))
	return prom.Select(s.employees.Where(prom.DescendantsOf(employeeBoss,
		employeeID.Eq(manager))).OrderBy(employeeID.Asc()), seller,
		prom.Col(&seller.ID, employeeID),
		prom.Col(&seller.Name, employeeName),
		prom.NullCol(&seller.Boss, prom.Via(employeeBoss, employeeName)),
		prom.Col(&seller.Customers, employeeCustomers.Count()),
		prom.Col(&seller.Revenue, prom.OrValue(prom.AggregateOf(employeeCustomers, prom.Sum(bought)), 0)),
	).All(ctx)
}

// Above returns the chain of bosses of an employee, the nearest last.
func (s Shop) Above(employee int64) *prom.Query[Employee] {
	return s.employees.Where(prom.AncestorsOf(employeeBoss, employeeID.Eq(employee))).OrderBy(employeeID.Asc())
}

// Loyalty is the time in which a customer has bought.
type Loyalty struct {
	ID          int64
	Name        string
	First, Last *time.Time // nil for who has bought nothing
}

var loyalty = prom.Proto[Loyalty]()

// Loyalties returns the customers of a country with their first and last purchase.
func (s Shop) Loyalties(ctx context.Context, country string) ([]Loyalty, error) {
	return prom.Select(s.customers.Where(customerCountry.Eq(country)).OrderBy(customerID.Asc()), loyalty,
		prom.Col(&loyalty.ID, customerID),
		prom.Col(&loyalty.Name, customerName),
		prom.NullCol(&loyalty.First, prom.AggregateOf(customerInvoices, prom.Min(invoiceAt))),
		prom.NullCol(&loyalty.Last, prom.AggregateOf(customerInvoices, prom.Max(invoiceAt))),
	).All(ctx)
}

// Person is anybody that the shop knows by name.
type Person struct{ Name string }

var person = prom.Proto[Person]()

var personName = prom.TextOf(person, &person.Name)

// Names returns the names of artists, customers and employees, each once. The members of a set are queries of one type,
// which [prom.From] makes of rows of different tables.
func (s Shop) Names(prefix string) *prom.Query[Person] {
	artists := prom.From(prom.Select(s.artists.Query(), person, prom.Col(&person.Name, artistName)))
	customers := prom.From(prom.Select(s.customers.Query(), person, prom.Col(&person.Name, customerName)))
	employees := prom.From(prom.Select(s.employees.Query(), person, prom.Col(&person.Name, employeeName)))
	return prom.Union(artists, customers, employees).Where(personName.HasPrefix(prefix)).OrderBy(personName.Asc())
}
