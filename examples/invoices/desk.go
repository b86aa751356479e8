package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prom-go/prom"
)

// Store is what the desk needs of the stored invoices, and no more. It is declared here, where it is used: a repo with
// one query more has all of it, and a fake of a test as well. A package that knows the interface alone compiles no
// repo.
type Store interface {
	Get(ctx context.Context, key ...any) (*Invoice, error)
	Save(ctx context.Context, v *Invoice) error
	Unpaid(ctx context.Context, before time.Time) ([]Invoice, error)
}

// Desk reminds customers of what they have not paid.
type Desk struct {
	Invoices Store
	Mail     func(ctx context.Context, to, text string) error
}

// The desk gives up after so many reminders, and each costs so much.
const (
	mostReminders = 3
	feeCents      = 500
)

// ErrSettled says that an invoice was paid before.
var ErrSettled = errors.New("the invoice is paid already")

// Pay notes that an invoice was paid.
func (d *Desk) Pay(ctx context.Context, id int64, at time.Time) error {
	v, err := d.Invoices.Get(ctx, id)
	switch {
	case errors.Is(err, prom.ErrNotFound):
		return fmt.Errorf("invoice %d: there is none", id)
	case err != nil:
		return err
	case v.Paid != nil:
		return ErrSettled
	}
	v.Paid = &at
	return d.Invoices.Save(ctx, v)
}

// Remind writes to everybody who is late, and returns to how many.
func (d *Desk) Remind(ctx context.Context, now time.Time) (sent int, err error) {
	late, err := d.Invoices.Unpaid(ctx, now)
	if err != nil {
		return 0, err
	}
	for i := range late {
		v := &late[i]
		if v.Reminders == mostReminders {
			continue
		}
		if v.Reminders++; v.Reminders > 1 {
			v.Cents += feeCents
		}
		if err := d.Invoices.Save(ctx, v); err != nil {
			return sent, err
		}
		if err := d.Mail(ctx, v.Customer, fmt.Sprintf("reminder %d: %d.%02d", v.Reminders, v.Cents/100,
			v.Cents%100)); err != nil {
			return sent, err
		}
		sent++
	}
	return sent, nil
}
