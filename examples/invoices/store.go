package main

import (
	"context"
	"time"

	"github.com/prom-go/prom"
)

var (
	invoice     = prom.Proto[Invoice]()
	invoiceDue  = prom.TimeOf(invoice, &invoice.Due)
	invoicePaid = prom.NullTimeOf(invoice, &invoice.Paid)
)

// Invoices stores the invoices: a repo with the queries that the desk needs, which return rows and not queries.
type Invoices struct{ *prom.Repo[Invoice] }

var _ Store = Invoices{}

// Unpaid returns the invoices that were due before and are not paid, the oldest first.
func (s Invoices) Unpaid(ctx context.Context, before time.Time) ([]Invoice, error) {
	return s.Where(invoicePaid.IsNull(), invoiceDue.Lt(before)).OrderBy(invoiceDue.Asc()).All(ctx)
}
