package cookbook

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/prom-go/prom"
)

// insertMany stores all products or none, by COPY on PostgreSQL if they are many. Each gets its key.
func insertMany(ctx context.Context, products *prom.Repo[Product], list []Product) error {
	return products.CreateMany(ctx, list)
}

// upsertMany inserts counts, and adds them to those of the same page and day.
func upsertMany(ctx context.Context, counts *prom.Repo[Visits], list []Visits) error {
	_, err := counts.OnConflict(visitsPage, visitsDay).
		Update(visitsCount.SetTo(prom.Plus(visitsCount, prom.Excluded(visitsCount)))).
		CreateMany(ctx, list)
	return err
}

// replaceMany inserts products, and replaces those of the same SKU.
func replaceMany(ctx context.Context, products *prom.Repo[Product], list []Product) ([]prom.Outcome, error) {
	return products.OnConflict(productSKU).CreateMany(ctx, list)
}

// register returns the customer with the address, and reports whether it is new.
func register(ctx context.Context, customers *prom.Repo[Customer], email, name string) (*Customer, bool, error) {
	c := customers.New() // with the default values
	c.Email, c.Name = email, name
	created, err := customers.GetOrCreate(ctx, c, customerEmail)
	return c, created, err
}

// ProductPatch has the fields that a client may change. What its JSON lacks stays.
type ProductPatch struct {
	Name  *string `json:"name"`
	Price *string `json:"price"`
}

// patch changes the fields that a request has.
func patch(ctx context.Context, products *prom.Repo[Product], id int64, body []byte) (*Product, error) {
	var in ProductPatch
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, err
	}
	p, err := products.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if in.Name != nil {
		p.Name = *in.Name
	}
	if in.Price != nil {
		p.Price = *in.Price
	}
	return p, products.Save(ctx, p) // writes the columns that changed
}

// take lowers the stock in the database, so no change of others is lost, and never below zero.
func take(ctx context.Context, products *prom.Repo[Product], id int64, n int) (bool, error) {
	rows, err := products.Where(productID.Eq(id), productStock.Gte(n)).Update(ctx, productStock.Sub(n))
	return rows == 1, err
}

// rename saves a product that a user has seen, unless somebody else has changed it since.
func rename(ctx context.Context, products *prom.Repo[Product], seen *Product, name string) error {
	seen.Name = name
	err := products.Save(ctx, seen)
	if errors.Is(err, prom.ErrStale) {
		return fmt.Errorf("somebody else has changed %s: look at it again", seen.SKU)
	}
	return err
}

// closeAccount soft-deletes a customer, and reopen restores it.
func closeAccount(ctx context.Context, customers *prom.Repo[Customer], c *Customer) error {
	return customers.Delete(ctx, c)
}

func reopen(ctx context.Context, customers *prom.Repo[Customer], email string) error {
	_, err := customers.Where(customerEmail.Eq(email)).Undelete(ctx)
	return err
}

// purge deletes for good who has been gone for long.
func purge(ctx context.Context, customers *prom.Repo[Customer], before time.Time) (int, error) {
	return customers.Query().OnlyDeleted().Where(customerGone.Lt(before)).HardDelete(ctx)
}

// buy stores an order with its line, and takes the product from the stock: all of it or nothing. After a deadlock or a
// serialization failure it runs again, at most three times.
func buy(ctx context.Context, s *Shop, c *Customer, p *Product, n int) (*Order, error) {
	var o *Order
	err := s.Orders.Tx(ctx, func(ctx context.Context) error {
		o = s.Orders.New()
		o.Customer, o.Total = prom.RefTo(c), p.Price
		if err := s.Orders.Create(ctx, o); err != nil {
			return err
		}
		l := Line{Order: prom.RefByTo[prom.UUID](o), Product: prom.RefTo(p), Quantity: n, Price: p.Price}
		if err := s.Lines.Create(ctx, &l); err != nil {
			return err
		}
		ok, err := take(ctx, s.Products, p.ID, n)
		if err == nil && !ok {
			err = errSoldOut
		}
		return err
	}, prom.WithIsolation(prom.Serializable), prom.Retry(3))
	return o, err
}

var errSoldOut = errors.New("sold out")

// pay changes an order by its state. The row is locked, so it is paid once, whoever else tries.
func pay(ctx context.Context, orders *prom.Repo[Order], id prom.UUID) error {
	return orders.Tx(ctx, func(ctx context.Context) error {
		o, err := orders.Where(orderID.Eq(id)).ForUpdate().One(ctx)
		if err != nil {
			return err
		}
		if o.State != "open" {
			return errors.New("it is paid already")
		}
		o.State = "paid"
		return orders.Save(ctx, o)
	})
}

// work takes up to n jobs and runs them. Each goes to one worker, however many there are; a job of a worker that
// crashed is free again after a minute.
func work(ctx context.Context, jobs *prom.Repo[Job], n int, run func(context.Context, *Job) error) error {
	now := time.Now()
	open := prom.Or(jobState.Eq("new"), prom.And(jobState.Eq("taken"), jobUntil.Lt(now)))
	list, err := prom.Claim(ctx, jobs.Where(open).OrderBy(jobID.Asc()), n,
		jobState.Set("taken"), jobUntil.Set(now.Add(time.Minute)), jobTries.Add(1))
	if err != nil {
		return err
	}
	for i := range list {
		j := &list[i]
		j.State = "done"
		if err := run(ctx, j); err != nil {
			j.State = "new" // again
			if j.Tries == 5 {
				j.State = "failed"
			}
		}
		if err := jobs.Save(ctx, j); err != nil {
			return err
		}
	}
	return nil
}

// ship sends a mail after the commit, and none if the transaction is rolled back.
func ship(ctx context.Context, orders *prom.Repo[Order], o *Order, mail func(prom.UUID)) error {
	return orders.Tx(ctx, func(ctx context.Context) error {
		o.State = "sent"
		if err := orders.Save(ctx, o); err != nil {
			return err
		}
		return prom.AfterCommit(ctx, func(context.Context) { mail(o.ID) })
	})
}

// importCSV reads products, with a head line and the columns sku, name, price and stock. It stores all of them or none,
// and updates those that exist.
func importCSV(ctx context.Context, products *prom.Repo[Product], from io.Reader) (n int, err error) {
	r := csv.NewReader(from)
	r.FieldsPerRecord = 4
	if _, err := r.Read(); err != nil {
		return 0, err
	}
	store := func(ctx context.Context, list []Product) error {
		n += len(list)
		_, err := products.OnConflict(productSKU).
			Update(productName.SetTo(prom.Excluded(productName)), productPrice.SetTo(prom.Excluded(productPrice)),
				productStock.SetTo(prom.Excluded(productStock))).
			CreateMany(ctx, list)
		return err
	}
	err = products.Tx(ctx, func(ctx context.Context) error {
		var list []Product
		for {
			record, err := r.Read()
			if err == io.EOF {
				return store(ctx, list)
			} else if err != nil {
				return err
			}
			stock, err := strconv.Atoi(record[3])
			if err != nil {
				return fmt.Errorf("%s: the stock is not a number", record[0])
			}
			list = append(list, Product{SKU: record[0], Name: record[1], Price: record[2], Stock: stock})
			if len(list) == 1000 {
				if err := store(ctx, list); err != nil {
					return err
				}
				list = nil
			}
		}
	})
	return n, err
}

// dropOld deletes the old jobs, a thousand in each transaction.
func dropOld(ctx context.Context, jobs *prom.Repo[Job], before time.Time) (int, error) {
	n := 0
	for p, err := range prom.DeleteInChunks(ctx, jobs.Where(jobState.Eq("done"), jobUntil.Lt(before)), prom.Chunks{}) {
		if err != nil {
			return n, err
		}
		n = p.Rows
	}
	return n, nil
}

// invite creates a code, and tells what the user can do if it exists.
func newInvite(ctx context.Context, invites *prom.Repo[Invite], code string, expires time.Time) error {
	err := invites.Create(ctx, &Invite{Code: code, Expires: expires})
	var e *prom.Error
	if errors.Is(err, prom.ErrUnique) && errors.As(err, &e) {
		return fmt.Errorf("choose another %s", e.Columns[0])
	}
	return err
}

// redeem deletes an invitation and returns it, so that it works once.
func redeem(ctx context.Context, invites *prom.Repo[Invite], code string) (*Invite, error) {
	list, err := prom.DeleteReturning(ctx, invites.Where(inviteCode.Eq(code), inviteExpires.Gt(time.Now())))
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, prom.ErrNotFound
	}
	return &list[0], nil
}
