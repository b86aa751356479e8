package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
)

// fakeStore holds invoices in a map, and fails when it is told to: what a database hardly does in a test.
type fakeStore struct {
	rows  map[int64]Invoice
	saves int
	fail  error
}

func (s *fakeStore) Get(_ context.Context, key ...any) (*Invoice, error) {
	v, ok := s.rows[key[0].(int64)]
	if !ok {
		return nil, prom.ErrNotFound
	}
	return &v, s.fail
}

func (s *fakeStore) Save(_ context.Context, v *Invoice) error {
	if s.fail != nil {
		return s.fail
	}
	s.saves++
	s.rows[v.ID] = *v
	return nil
}

func (s *fakeStore) Unpaid(_ context.Context, before time.Time) (list []Invoice, err error) {
	for _, v := range s.rows {
		if v.Paid == nil && v.Due.Before(before) {
			list = append(list, v)
		}
	}
	return list, s.fail
}

var noon = time.Date(2030, 1, 2, 12, 0, 0, 0, time.UTC)

// newFake returns a store with invoices of a day ago that have been reminded of so many times.
func newFake(reminders ...int) *fakeStore {
	s := &fakeStore{rows: map[int64]Invoice{}}
	for i, n := range reminders {
		v := Invoice{Customer: "c", Cents: 1000, Due: noon.AddDate(0, 0, -1), Reminders: n}
		v.ID = int64(i + 1)
		s.rows[v.ID] = v
	}
	return s
}

// Ensure that late customers are written to, that the second reminder costs, and that there is no fourth.
func TestRemind(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	store := newFake(0, 1, 3)
	var mails []string
	desk := Desk{Invoices: store, Mail: func(_ context.Context, _, text string) error {
		mails = append(mails, text)
		return nil
	}}
	sent, err := desk.Remind(context.Background(), noon)
	is.NoErr(err)
	is.Equal(sent, 2)
	is.Equal(len(mails), 2)
	is.Equal([]int{store.rows[1].Cents, store.rows[2].Cents, store.rows[3].Cents}, []int{1000, 1500, 1000})
}

// Ensure that nobody is written to about a reminder that was not stored.
func TestRemind_NotStored(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	store := newFake(0)
	store.fail = prom.ErrBusy
	desk := Desk{Invoices: store, Mail: func(context.Context, string, string) error {
		t.Error("a mail was sent")
		return nil
	}}
	_, err := desk.Remind(context.Background(), noon)
	is.True(errors.Is(err, prom.ErrBusy))
}

// Ensure that an invoice is paid once.
func TestPay(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	desk := Desk{Invoices: newFake(0)}
	is.NoErr(desk.Pay(context.Background(), 1, noon))
	is.True(errors.Is(desk.Pay(context.Background(), 1, noon), ErrSettled))
	is.True(desk.Pay(context.Background(), 7, noon) != nil)
}
